package dev.lora4j.cli.adapter;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.model.FamilyOption;
import dev.lora4j.cli.model.ThreadsOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.Interference;
import dev.lora4j.core.mixer.Interference.Pair;
import dev.lora4j.core.mixer.PairOverlap;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command that explains conflicts between adapters. */
@Extension(
    point = Command.class,
    name = "mix",
    help = "Say which adapters get into each other's way, where, and what to do.")
@picocli.CommandLine.Command(
    name = "mix",
    sortOptions = false,
    description = {
      "Say which adapters get into each other's way, where, and what to do.",
      "",
      "Conflict is the share of what both change at the same numbers that has opposite signs: 0.5"
          + " for adapters that know nothing of each other, more where they undo each other."
          + " Overlap is the share of the directions of the one with fewer that the other has too,"
          + " of those that hold 90 %% of each (squared singular values). Both are by block, of the"
          + " changes at their weights, and in a picture as heat maps, which there is none of where"
          + " no layer is changed by two."
    })
public final class MixCommand implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      arity = "2..*",
      paramLabel = "FILE[:WEIGHT]",
      converter = WeightedFile.Reader.class,
      description = "Adapters and their weights (default: 1), two or more.")
  private List<WeightedFile> files = new ArrayList<>();

  @Option(
      names = "--explain",
      description = "Explain how they get on, which is what this command does.")
  @SuppressWarnings("UnusedVariable") // Written out, the command line shows its purpose.
  private boolean explain;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The picture (default: ${DEFAULT-VALUE}).",
      defaultValue = "mix.png")
  private Path output = Path.of("mix.png");

  @Mixin private final FamilyOption base = new FamilyOption();
  @Mixin private final PartialOption partial = new PartialOption();

  @Mixin private final ThreadsOption threads = new ThreadsOption();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    if (files.size() < 2) {
      throw new ParameterException(spec.commandLine(), "mix takes two adapters or more");
    }
    OutputFile.require(output, ".png");
    List<Path> paths = files.stream().map(WeightedFile::file).toList();
    ReadAdapters read = ReadAdapters.of(console, paths, base.family(), partial.options());
    MixPlan plan = MixPlan.NONE;
    for (int i = 0; i < files.size(); i++) {
      plan = plan.with(read.all().get(i).adapter(), files.get(i).weight());
    }
    MixExplanation explained =
        new MixExplanation(
            names(read), Interference.by(measured(console, read, plan), read.blocks()::of));
    boolean meet = !explained.blocks().isEmpty();
    if (meet) {
      InterferenceChart.write(output, explained);
    }
    if (json) {
      Json told =
          explained
              .json()
              .put(
                  "keys",
                  read.all().stream().map(one -> KeyReport.json(one.account()).fields()).toList());
      console.print((meet ? told.put("picture", output.toString()) : told).toString());
    } else {
      console.print(explained.lines());
      console.print(
          meet
              ? output + "  conflict and overlap, block by block"
              : "No picture: there is no block in which two of them meet.");
    }
    return 0;
  }

  private Map<Pair, SortedMap<String, PairOverlap>> measured(
      Console console, ReadAdapters read, MixPlan plan) {
    int pairs = files.size() * (files.size() - 1) / 2;
    try (Lora4j lora = threads.open(console);
        Scope scope = lora.engine().scope("mix");
        Progress progress = console.progress("comparing", pairs, "pair")) {
      return new Interference(scope, read.sites())
          .listener((done, all) -> progress.done(done, ""))
          .of(plan);
    }
  }

  /** Names for people: those of the files, numbered where two are alike. */
  private static List<String> names(ReadAdapters read) {
    List<String> names = new ArrayList<>();
    for (LoadedAdapter one : read.all()) {
      String name = one.adapter().name();
      String unique = name;
      for (int i = 2; names.contains(unique); i++) {
        unique = name + " " + i;
      }
      names.add(unique);
    }
    return names;
  }
}
