package dev.lora4j.cli.plugins;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.PluginFolders;
import dev.lora4j.cli.Root;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Finding;
import dev.lora4j.cli.console.Findings;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.spi.AdmittedPlugins;
import dev.lora4j.spi.Capability;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.Plugin;
import dev.lora4j.spi.PluginCheck;
import dev.lora4j.spi.PluginJar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what extends this program, and decides what may. */
@Extension(point = Command.class, name = "plugins", help = "Show, check and admit plug-ins.")
@picocli.CommandLine.Command(
    name = "plugins",
    sortOptions = false,
    description = {
      "Show, check and admit plug-ins: jars in ~/.lora4j/plugins and in the folders of --plugins.",
      "",
      "A plug-in runs in this process and may do all that you may do. What it asks for (network,"
          + " file-write, native-code) is what its author says; 'admit' means that you trust it."
          + " Where the folder has a file 'only-admitted', no other plug-in is used at all."
    },
    subcommands = {
      PluginsCommand.ListThem.class,
      PluginsCommand.Show.class,
      PluginsCommand.Doctor.class,
      PluginsCommand.Verify.class,
      PluginsCommand.Admit.class
    })
public final class PluginsCommand implements Command {
  private static final int MOST = 200;

  @Override
  public int run(Console console) {
    return new ListThem().run(console);
  }

  private static void print(Console console, List<String> lines) {
    lines.forEach(line -> console.print(Printable.of(line, Integer.MAX_VALUE)));
  }

  /** One of the actions. */
  @picocli.CommandLine.Command(
      name = "list",
      sortOptions = false,
      description = "List plug-ins and all extensions, without running code of any.")
  static final class ListThem implements Command {
    @Option(names = "--json", description = "Report as one JSON object.")
    private boolean json;

    @Override
    public int run(Console console) {
      List<Plugin> plugins = Extensions.installed().plugins();
      List<Extensions.Installed> extensions = Extensions.installed().list();
      if (json) {
        console.print(
            new Json()
                .put("plugins", plugins.stream().map(p -> PluginReport.json(p).fields()).toList())
                .put(
                    "extensions",
                    extensions.stream().map(e -> PluginReport.json(e).fields()).toList())
                .toString());
      } else {
        print(console, PluginReport.plugins(plugins));
        print(console, PluginReport.extensions(extensions));
      }
      return 0;
    }
  }

  /** One of the actions. */
  @picocli.CommandLine.Command(
      name = "show",
      sortOptions = false,
      description = "Show what the extensions of this name do and what can be set.")
  static final class Show implements Command {
    @Parameters(paramLabel = "NAME", description = "For example ties.")
    private String name = "";

    @Override
    public int run(Console console) {
      List<String> lines = new ArrayList<>();
      for (Extensions.Installed one : Extensions.installed().list()) {
        if (one.info().name().equals(name)) {
          lines.addAll(PluginReport.details(one));
        }
      }
      for (Plugin plugin : Extensions.installed().plugins()) {
        lines.addAll(PluginReport.unused(plugin, name));
      }
      if (lines.isEmpty()) {
        throw new Failure(
            "There is no extension "
                + name
                + "; '"
                + Invocation.of("plugins", "list")
                + "' has all.");
      }
      print(console, lines);
      return 0;
    }
  }

  /** One of the actions. */
  @picocli.CommandLine.Command(
      name = "doctor",
      sortOptions = false,
      description = "Load each plug-in that is in use and make its extensions; say what is wrong.")
  static final class Doctor implements Command {
    @Option(names = "--json", description = "Report as one JSON object.")
    private boolean json;

    @Override
    public int run(Console console) {
      List<Finding> findings =
          Extensions.installed().plugins().stream().map(PluginReport::finding).toList();
      return Findings.report(console, findings, json);
    }
  }

  /** One of the actions. */
  @picocli.CommandLine.Command(
      name = "verify",
      sortOptions = false,
      description = "Check a jar before it is put into the folder. This runs its code.")
  static final class Verify implements Command {
    @Parameters(paramLabel = "JAR", description = "The plug-in.")
    private Path jar = Path.of("");

    @Option(names = "--json", description = "Report as one JSON object.")
    private boolean json;

    @Override
    public int run(Console console) {
      Path file = ExistingPath.file(jar);
      List<String> problems = PluginCheck.problems(file);
      if (json) {
        Json report = new Json().put("file", file.toString());
        report.put("sha256", AdmittedPlugins.sha256(file)).put("problems", problems);
        if (problems.isEmpty()) {
          report.put("plugin", PluginReport.json(PluginJar.read(file)));
        }
        console.print(report.toString());
      } else if (problems.isEmpty()) {
        print(console, PluginReport.jar(PluginJar.read(file)));
        console.print("SHA-256 " + AdmittedPlugins.sha256(file));
        console.print("No problem was found.");
      } else {
        print(console, problems.stream().map(p -> "! " + p).toList());
      }
      return problems.isEmpty() ? 0 : ExitCode.FAILED;
    }
  }

  /** One of the actions. */
  @picocli.CommandLine.Command(
      name = "admit",
      sortOptions = false,
      description = "Trust a jar of a plug-ins folder with what it asks for, by its SHA-256.")
  static final class Admit implements Command {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "JAR", description = "The plug-in, in its folder.")
    private Path jar = Path.of("");

    @Option(
        names = "--in",
        paramLabel = "DIR",
        description = "The plug-ins folder that it is admitted in (default: that of the jar).")
    private Optional<Path> in = Optional.empty();

    @Override
    public int run(Console console) {
      Path file = ExistingPath.file(jar);
      Path folder =
          in.orElseGet(
              () -> Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("")));
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      PluginJar read = AdmittedPlugins.read(folder).admit(file);
      if (spec.root().userObject() instanceof Root root
          && !PluginFolders.among(folder, root.plugins)) {
        console.note(
            "lora4j: No plug-in is looked for in "
                + folder
                + ", so this changes nothing yet. Say --in and the folder that the jar will be in,"
                + " for example '"
                + Invocation.of(
                    "plugins", "admit", file.toString(), "--in", PluginFolders.ofUser().toString())
                + "'.");
      }
      console.print(
          Printable.of(read.name() + " " + read.version(), MOST)
              + " is admitted in "
              + folder
              + (read.capabilities().isEmpty()
                  ? "; it asks for nothing."
                  : " with "
                      + read.capabilities().stream()
                          .sorted()
                          .map(Capability::text)
                          .collect(Collectors.joining(", "))
                      + "."));
      return 0;
    }
  }
}
