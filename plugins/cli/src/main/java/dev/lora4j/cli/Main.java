package dev.lora4j.cli;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.PrintStreamWriter;
import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.Plugin;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code lora4j} program. */
public final class Main {
  private static final int HELP_WIDTH = 100;

  private final Console console;
  private final Root root = new Root();

  private Main(Console console) {
    this.console = console;
  }

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Interruption interruption = Interruption.ofThisThread();
    int code = ExitCode.FAILED;
    try {
      code = new Main(Console.ofProcess()).execute(Ansi.AUTO, arguments);
    } catch (LinkageError e) {
      System.err.println(ForeignLibrary.explanation(e));
    } finally {
      System.out.flush();
      interruption.finished();
    }
    System.exit(code);
  }

  /**
   * Runs one command in this process.
   *
   * @return its exit code: 0, 1 if the work failed, 2 if the command line is wrong
   */
  public static int run(PrintStream out, PrintStream err, String... arguments) {
    return run(Console.of(out, err), arguments);
  }

  /**
   * Runs one command at a console in this process, see {@link #run(PrintStream, PrintStream,
   * String...)}.
   */
  public static int run(Console console, String... arguments) {
    return new Main(console).execute(Ansi.OFF, arguments);
  }

  @SuppressWarnings("try") // The warnings are only listened to.
  private int execute(Ansi ansi, String... arguments) {
    List<Plugin> plugins = List.of();
    try (LibraryWarnings warnings = LibraryWarnings.on(console)) {
      plugins = PluginFolders.scan(List.of(arguments));
      Extensions.installed().add(plugins);
      tellOfUnused(plugins, arguments);
      CommandLine program = new CommandLine(root);
      Commands.add(program, List.of(arguments));
      return execute(program, ansi, arguments);
    } catch (RuntimeException | Error e) {
      return failed(e);
    } finally {
      Extensions.installed().remove(plugins);
    }
  }

  /** Reports plug-ins that are installed and not used. */
  private void tellOfUnused(List<Plugin> plugins, String... arguments) {
    long unused = plugins.stream().filter(p -> p.quarantine().isPresent()).count();
    if (unused > 0 && !Commands.asked(List.of(arguments)).equals("plugins")) {
      console.note(
          "lora4j: "
              + (unused == 1 ? "1 plug-in is" : unused + " plug-ins are")
              + " not used; '"
              + Invocation.of("plugins", "list")
              + "' says why.");
    }
  }

  private int execute(CommandLine program, Ansi ansi, String... arguments) {
    program.setColorScheme(CommandLine.Help.defaultColorScheme(ansi));
    program.setUsageHelpWidth(HELP_WIDTH);
    program.setOut(writer(console.out()));
    program.setErr(writer(console.err()));
    program.setExecutionStrategy(this::perform);
    program.setParameterExceptionHandler(this::misused);
    program.setExecutionExceptionHandler((thrown, command, parsed) -> failed(thrown));
    HelpText.install(program);
    String[] words = OptionAliases.resolved(program, arguments);
    return program.execute(RunFileWords.expanded(program, words));
  }

  private static PrintWriter writer(PrintStream stream) {
    // Its own encoding would be the platform's; the stream knows better what it leads to.
    return new PrintWriter(new PrintStreamWriter(stream), true);
  }

  private int perform(ParseResult parsed) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    CommandLine asked = last.commandSpec().commandLine();
    requireKnown(parsed);
    if (CommandLine.printHelpIfRequested(parsed)) {
      return 0;
    }
    if (!(last.commandSpec().userObject() instanceof Command command)) {
      asked.usage(asked.getErr());
      return ExitCode.USAGE;
    }
    try {
      return command.run(console);
    } catch (ParameterException e) {
      throw e;
    } catch (Failure e) {
      return e.ofUsage() && !root.debug
          ? misused(new ParameterException(asked, String.valueOf(e.getMessage()), e))
          : failed(e);
    } catch (RuntimeException | Error e) {
      return failed(e);
    }
  }

  /**
   * Words that mean nothing are an error beside --help too, which would hide them. A command may
   * collect what it has no name for.
   */
  private static void requireKnown(ParseResult parsed) {
    for (ParseResult one = parsed; ; one = one.subcommand()) {
      if (!one.unmatched().isEmpty() && one.commandSpec().unmatchedArgsBindings().isEmpty()) {
        throw new UnmatchedArgumentException(one.commandSpec().commandLine(), one.unmatched());
      }
      if (!one.hasSubcommand()) {
        return;
      }
    }
  }

  private int failed(Throwable thrown) {
    if (root.debug) {
      StringWriter trace = new StringWriter();
      thrown.printStackTrace(new PrintWriter(trace));
      console.note(trace.toString());
    } else {
      console.note("lora4j: " + ErrorExplanation.of(pluginFirst(thrown)));
    }
    return thrown instanceof CancellationException
        ? ExitCode.INTERRUPTED
        : thrown instanceof Failure failure && failure.ofUsage() ? ExitCode.USAGE : ExitCode.FAILED;
  }

  /** The plug-in's error, if a class of it does not fit to this version, whoever called it. */
  private static Throwable pluginFirst(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof LinkageError linkage) {
        Optional<ExtensionException> told = Extensions.installed().culprit(linkage);
        if (told.isPresent()) {
          return told.get();
        }
      }
    }
    return thrown;
  }

  private int misused(ParameterException thrown, String... arguments) {
    CommandLine command = thrown.getCommandLine();
    ParameterException told =
        thrown instanceof MissingParameterException ? mistyped(thrown, arguments) : thrown;
    console.note("lora4j: " + UsageError.text(told));
    console.note("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return ExitCode.USAGE;
  }

  /**
   * The error of a mistyped option, which also makes a required one missing, and is the more useful
   * of the two.
   */
  private static ParameterException mistyped(ParameterException thrown, String... arguments) {
    CommandLine command = thrown.getCommandLine();
    for (String argument : arguments) {
      String name = argument.replaceFirst("=.*", "");
      if (name.startsWith("--") && command.getCommandSpec().findOption(name) == null) {
        return new UnmatchedArgumentException(command, List.of(argument));
      }
    }
    return thrown;
  }
}
