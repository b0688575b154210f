package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.console.Console;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The help of every command, and the words that they have in common. */
class HelpTest {
  private static final int WIDTH = 100;

  /** Options whose names are other names of other commands' options, as they are other things. */
  private static final Set<String> OTHER_THINGS =
      Set.of("generate schedule", "grid schedule", "text new layers");

  /** A command with its subcommands, as the program makes it. */
  private static CommandLine line(String name) {
    Object command =
        Extensions.installed().make(Command.class, new ExtensionRequest(name, Map.of()));
    return new CommandLine(command);
  }

  private static List<String> names(String name, CommandLine line) {
    List<String> all = new ArrayList<>(List.of(name));
    line.getSubcommands().forEach((sub, one) -> all.addAll(names(name + " " + sub, one)));
    return all;
  }

  static Stream<String> commands() {
    return Extensions.installed().list(Command.class).stream()
        .map(i -> i.info().name())
        .filter(name -> !name.equals("bench"))
        .flatMap(name -> names(name, line(name)).stream());
  }

  private static CommandLine found(String command) {
    String[] words = command.split(" ");
    CommandLine line = line(words[0]);
    for (String word : List.of(words).subList(1, words.length)) {
      line = line.getSubcommands().get(word);
    }
    return line;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpIsAResultAndNothingElse(String command) {
    PrintStream before = System.err;
    ByteArrayOutputStream warned = new ByteArrayOutputStream();
    Run run;
    try {
      System.setErr(new PrintStream(warned, true, StandardCharsets.UTF_8));
      run = Run.of(Stream.concat(Arrays.stream(command.split(" ")), Stream.of("--help")).toArray());
    } finally {
      System.setErr(before);
    }
    assertEquals(0, run.code(), run.err());
    assertEquals("", run.err());
    // Where picocli itself complains of a description.
    assertEquals("", warned.toString(StandardCharsets.UTF_8));
    run.out().lines().forEach(line -> assertTrue(line.length() <= WIDTH, line));
    assertTrue(run.out().startsWith("Usage: lora4j " + command), run.out());
    assertTrue(run.out().contains("\nGeneral:\n"), run.out());
    assertTrue(
        command.equals("plugins list")
            || command.equals("plugins doctor")
            || run.out().contains("\nExample"),
        run.out());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void examplesAreCommandLines(String command) {
    for (String example : Examples.of("lora4j " + command)) {
      String line =
          example.substring("lora4j ".length() + command.replaceFirst(" .*", "").length());
      String[] words =
          Arrays.stream(line.strip().split(" (?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)"))
              .map(word -> word.replace("\"", ""))
              .filter(word -> !word.isEmpty())
              .toArray(String[]::new);
      CommandLine parser = line(command.replaceFirst(" .*", ""));
      assertTrue(parser.parseArgs(words).unmatched().isEmpty(), example);
    }
  }

  /** A new name has to be put into a section, where one for the same thing is seen. */
  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionIsInTheVocabulary(String command) {
    CommandLine line = found(command);
    for (OptionSpec option : line.getCommandSpec().options()) {
      String name = option.longestName();
      assertTrue(
          OptionSections.heading(line.getCommandSpec(), option).isPresent(),
          command + " " + name + " is in no section of OptionSections");
      String own = name.substring(2);
      assertTrue(
          !OptionAliases.TABLE.containsKey(own) || OTHER_THINGS.contains(command + " " + own),
          command + " " + name + " is called --" + OptionAliases.TABLE.get(own) + " elsewhere");
    }
  }

  /** A command whose {@code --batch} is neither of training nor of sampling. */
  @picocli.CommandLine.Command(name = "weigh")
  static final class Weigh implements Command {
    @picocli.CommandLine.Option(names = "--batch", description = "Things that are weighed at once.")
    private int batch = 1;

    @picocli.CommandLine.Option(names = "--seed", description = "Seed of the scale.")
    private long seed;

    @picocli.CommandLine.Option(names = "--balance", description = "The balance.")
    private String scale = "";

    @Override
    public Map<String, List<String>> sections() {
      return Map.of("Weighing", List.of("batch"));
    }

    @Override
    public int run(Console console) {
      console.print(batch + scale + seed);
      return 0;
    }
  }

  @Test
  void commandNamesSectionsOfItsOwn() {
    Map<String, List<OptionSpec>> sections =
        OptionSections.of(new CommandLine(new Weigh()).getCommandSpec());
    assertEquals(
        "{Weighing=[--batch], Chance=[--seed], Options=[--balance]}",
        sections.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    e -> e.getValue().stream().map(OptionSpec::longestName).toList(),
                    (a, b) -> a,
                    LinkedHashMap::new))
            .toString());
  }

  /** Options of one name are written with one letter and take one kind of value. */
  @Test
  void oneNameTakesOneKindOfValue() {
    Map<String, Set<String>> types = new java.util.TreeMap<>();
    commands()
        .forEach(
            command ->
                found(command)
                    .getCommandSpec()
                    .options()
                    .forEach(
                        o ->
                            types
                                .computeIfAbsent(o.longestName(), n -> new TreeSet<>())
                                .add(o.shortestName())));
    types.forEach((name, short_) -> assertEquals(1, short_.size(), name + " " + short_));
  }

  @ParameterizedTest
  @MethodSource("synonyms")
  void earlierAndForeignNamesAreUnderstood(String line, String meant) {
    CommandLine program = new CommandLine(new Root());
    String[] words = line.split(" ");
    program.addSubcommand(words[0], line(words[0]));
    assertEquals(meant, String.join(" ", OptionAliases.resolved(program, words)));
  }

  static Stream<org.junit.jupiter.params.provider.Arguments> synonyms() {
    return Stream.of(
            "train --out a --learning_rate=1 | train --output a --lr=1",
            "text train -r 4 --rate 1 --schedule linear | text train --rank 4 --lr 1 --lr-scheduler linear",
            "merge a --precision bf16 --layers | merge a --dtype bf16 --per-layer",
            "convert a b --to peft | convert a b --layout peft",
            "generate a --schedule karras --guidance_scale 7 | generate a --schedule karras --guidance 7",
            "text new --layers 2 --longest 9 | text new --layers 2 --max-length 9",
            "train --network_dim 4 -- --out | train --rank 4 -- --out",
            "text align distill --lmbda 0.5 --seq_kd | text align distill --on-policy 0.5 --teacher-writes",
            "compare --out a | compare --out a")
        .map(row -> row.split(" \\| "))
        .map(row -> org.junit.jupiter.params.provider.Arguments.of(row[0], row[1]));
  }

  @Test
  void everySynonymMeansAnOptionOfSomeCommand() {
    Set<String> names = new TreeSet<>();
    commands()
        .forEach(
            command ->
                found(command).getCommandSpec().options().forEach(o -> names.add(o.longestName())));
    OptionAliases.TABLE.values().forEach(own -> assertTrue(names.contains("--" + own), own));
    assertFalse(names.contains("--out"));
  }
}
