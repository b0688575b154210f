package dev.lora4j.testkit.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** A command that keeps its promises, and such as break one. */
final class Greetings {
  private static final AtomicInteger GREETED = new AtomicInteger();

  private Greetings() {}

  /** Greets who is named. */
  @Extension(point = Command.class, name = "greet", help = "greets who is named")
  @picocli.CommandLine.Command(name = "greet", description = "greets who is named")
  public static final class Greet implements Command {
    @Parameters(paramLabel = "WHOM", description = "Who is greeted.")
    private String whom = "";

    @Override
    public int run(Console console) {
      console.print("Good day, " + whom + ".");
      return 0;
    }
  }

  /** Is called otherwise. */
  @Extension(point = Command.class, name = "test-misnamed", help = "is called otherwise")
  @picocli.CommandLine.Command(name = "otherwise", description = "is called otherwise")
  public static final class Misnamed implements Command {
    @Parameters(paramLabel = "WHOM", description = "Who is greeted.")
    private String whom = "";

    @Override
    public int run(Console console) {
      console.print(whom);
      return 0;
    }
  }

  /** Has an option that nobody explains. */
  @Extension(
      point = Command.class,
      name = "test-silent",
      help = "has an option that nobody explains")
  @picocli.CommandLine.Command(
      name = "test-silent",
      description = "has an option that nobody explains")
  public static final class Silent implements Command {
    @Parameters(paramLabel = "WHOM", description = "Who is greeted.")
    private String whom = "";

    @Option(names = "--loud")
    private boolean loud;

    @Override
    public int run(Console console) {
      console.print(loud ? whom + "!" : whom);
      return 0;
    }
  }

  /** Takes any words. */
  @Extension(point = Command.class, name = "test-swallowing", help = "takes any words")
  @picocli.CommandLine.Command(name = "test-swallowing", description = "takes any words")
  public static final class Swallowing implements Command {
    @Parameters(paramLabel = "WHOM", description = "Who is greeted.")
    private String whom = "";

    @Unmatched
    @SuppressWarnings("unused") // picocli puts there what it would refuse
    private List<String> rest = new ArrayList<>();

    @Override
    public int run(Console console) {
      console.print(whom);
      return 0;
    }
  }

  /** Does nothing well. */
  @Extension(point = Command.class, name = "test-failing", help = "does nothing well")
  @picocli.CommandLine.Command(name = "test-failing", description = "does nothing well")
  public static final class Failing implements Command {
    @Parameters(paramLabel = "WHOM", description = "Who is greeted.")
    private String whom = "";

    @Override
    public int run(Console console) {
      console.note("it cannot greet " + whom);
      return 1;
    }
  }

  /** Prints past the console. */
  @Extension(point = Command.class, name = "test-shouting", help = "prints past the console")
  @picocli.CommandLine.Command(name = "test-shouting", description = "prints past the console")
  public static final class Shouting implements Command {
    @Parameters(paramLabel = "WHOM", description = "Who is greeted.")
    private String whom = "";

    @Override
    public int run(Console console) {
      System.out.println(whom);
      return 0;
    }
  }

  /** Says something else each time. */
  @Extension(point = Command.class, name = "test-fickle", help = "says something else each time")
  @picocli.CommandLine.Command(name = "test-fickle", description = "says something else each time")
  public static final class Fickle implements Command {
    @Parameters(paramLabel = "WHOM", description = "Who is greeted.")
    private String whom = "";

    @Override
    public int run(Console console) {
      console.print(whom + GREETED.incrementAndGet());
      return 0;
    }
  }
}
