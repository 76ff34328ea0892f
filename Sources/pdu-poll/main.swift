PollCommand.main()
