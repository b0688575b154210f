package dev.lora4j.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What stands before and in every command. */
@picocli.CommandLine.Command(
    name = "lora4j",
    description = "Low-rank adapters for Stable Diffusion on the JVM: train, load, blend.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    parameterListHeading = "%n",
    sortOptions = false,
    usageHelpAutoWidth = false)
final class Root {
  @Option(
      names = "--debug",
      description = "Show where in the program an error arose.",
      scope = ScopeType.INHERIT)
  boolean debug;
}
