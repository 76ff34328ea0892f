// libyaml, as Swift sees it. Only the YAML target imports this module.
#ifndef PDU_CYAML_SHIM_H
#define PDU_CYAML_SHIM_H

#include <yaml.h>

#endif
