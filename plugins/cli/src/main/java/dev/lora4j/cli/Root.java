package dev.lora4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Root command: text before and in every command. */
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
public final class Root {
  @Option(
      names = "--debug",
      description = "Show where in the program an error arose.",
      scope = ScopeType.INHERIT)
  boolean debug;

  @Option(
      names = PluginFolders.OPTION,
      paramLabel = "DIR",
      description = "Use the plug-ins in this folder too, beside those in ~/.lora4j/plugins.",
      scope = ScopeType.INHERIT)
  public // What plug-ins there are is read from the words themselves, see PluginFolders.
  List<Path> plugins = new ArrayList<>();
}
