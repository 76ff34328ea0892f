runHistoryTool()
