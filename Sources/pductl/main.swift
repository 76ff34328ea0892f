ControlCommand.main()
