DemoCommand.run(arguments: Array(CommandLine.arguments.dropFirst()))
