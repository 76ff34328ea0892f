// libz, as Swift sees it. Only the Zlib target imports this module.
#ifndef PDU_CZLIB_SHIM_H
#define PDU_CZLIB_SHIM_H

// Input that zlib only reads is const.
#define ZLIB_CONST
#include <zlib.h>

// deflateInit2 and inflateInit2 are macros with a call, which Swift does not import. A gzip stream (RFC 1952) is
// asked for by 16 on top of the window's 15 bits; without it is a zlib stream (RFC 1950).
static inline int czlib_start_gzip(z_stream *stream, int level)
{
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
}

// As above. Nothing but gzip is taken.
static inline int czlib_start_gunzip(z_stream *stream)
{
    return inflateInit2(stream, 15 + 16);
}

// As above.
static inline int czlib_start_inflate(z_stream *stream)
{
    return inflateInit(stream);
}

#endif
