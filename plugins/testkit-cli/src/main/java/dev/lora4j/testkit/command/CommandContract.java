package dev.lora4j.testkit.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Command;
import dev.lora4j.testkit.ExtensionContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/** Contract of {@link Command}. Extend it for yours. */
public abstract class CommandContract extends ExtensionContract<Command> {
  private static final String UNKNOWN = "--no-such-option";

  @TempDir private Path folder = Path.of("");

  /** Tests a command on the class path. */
  protected CommandContract(String name) {
    super(Command.class, name);
  }

  /**
   * The words behind the command's name of a run that succeeds within seconds.
   *
   * @param folder an empty folder for all that the run needs and makes
   */
  protected abstract List<String> words(Path folder) throws IOException;

  private CommandRun run(List<String> words, String... more) {
    List<String> all = new ArrayList<>(List.of(info().name()));
    all.addAll(words);
    all.addAll(Arrays.asList(more));
    return CommandRun.of(all);
  }

  private Set<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.collect(Collectors.toSet());
    }
  }

  private CommandLine commandLine() {
    return new CommandLine(extension());
  }

  @Test
  void nameIsTheListedOne() {
    CommandLine.Command annotation =
        extension().getClass().getAnnotation(CommandLine.Command.class);
    assertNotNull(annotation, "it lacks picocli's @Command");
    assertEquals(info().name(), annotation.name());
  }

  @Test
  void helpDescribesEveryArgument() throws IOException {
    words(folder);
    Set<Path> before = files();
    CommandRun run = run(List.of(), "--help");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("Usage:"), run.out());
    assertEquals(before, files(), "help made or lost files");
    for (ArgSpec each : commandLine().getCommandSpec().args()) {
      String told = String.join("", each.description());
      assertFalse(told.isBlank(), each.paramLabel() + " has no description");
    }
  }

  @Test
  void unknownOptionsAreRefusedBeforeTheWork() throws IOException {
    List<String> words = words(folder);
    Set<Path> before = files();
    CommandRun run = run(words, UNKNOWN);
    assertEquals(2, run.code(), UNKNOWN + " is taken: " + run.err());
    assertTrue(run.err().contains(UNKNOWN), run.err());
    assertEquals("", run.out());
    assertEquals(before, files(), "files were made or lost before the words were refused");
  }

  @Test
  void commandDoesItsWork() throws IOException {
    CommandRun run = run(words(folder));
    assertEquals(0, run.code(), run.err());
  }

  @Test
  void outputGoesToTheConsole() throws IOException {
    assertEquals("", run(words(folder)).aside(), "printed past the console");
  }

  @Test
  void sameArgumentsGiveTheSameResult() throws IOException {
    List<String> results = new ArrayList<>();
    for (String name : List.of("one", "two")) {
      Path own = Files.createDirectory(folder.resolve(name));
      results.add(run(words(own)).out().replace(own.toString(), "FOLDER"));
    }
    assertEquals(results.get(0), results.get(1));
  }
}
