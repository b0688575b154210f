package dev.lora4j.cli.adapter;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.model.FamilyOption;
import dev.lora4j.cli.model.ThreadsOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.Provenance;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.RankRules;
import dev.lora4j.core.lowrank.Term;
import dev.lora4j.core.lowrank.TruncatedAdapter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives an adapter another rank. */
@Extension(
    point = Command.class,
    name = "resize",
    help = "Give an adapter another rank at each layer, keeping as much of it as can be kept.")
@picocli.CommandLine.Command(
    name = "resize",
    sortOptions = false,
    description = {
      "Give an adapter another rank at each layer, keeping as much of it as any LoRA of that rank"
          + " can.",
      "",
      "LoHa, LoKr and whole differences become LoRA this way, with the error that is told. Say"
          + " --rank, or one of the --sv rules, which decide at each layer by its singular values;"
          + " --rank then is the most.",
      "",
      "Blocks are called as by compare."
    })
public final class ResizeCommand implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "IN", description = "The adapter.")
  private Path file = Path.of("");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "OUT",
      description = "Where to write; the same as --output.")
  private Optional<Path> out = Optional.empty();

  @Mixin private final AdapterOutputOption output = new AdapterOutputOption();
  @Mixin private final RankOptions ranks = new RankOptions();
  @Mixin private final PrecisionOption precision = new PrecisionOption();
  @Mixin private final FamilyOption base = new FamilyOption();
  @Mixin private final PartialOption partial = new PartialOption();

  @Option(names = "--per-layer", description = "A line for each layer, not for each block.")
  private boolean layers;

  @Mixin private final ThreadsOption threads = new ThreadsOption();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    RankRules rules = checked();
    output.orElse(spec, out);
    output.require(spec);
    output.requireOther(file);
    long began = System.nanoTime();
    ReadAdapters read = ReadAdapters.of(console, List.of(file), base.family(), partial.options());
    LoadedAdapter loaded = read.all().get(0);
    Adapter before = loaded.adapter();
    DType stored = precision.type(List.of(before));
    TruncatedAdapter cut;
    try (Lora4j lora = threads.open(console);
        Scope scope = lora.engine().scope("resize");
        Progress progress = console.progress("resizing", before.sites().size(), "layer")) {
      cut =
          new LowRankAlgebra(scope, read.sites())
              .listener((done, of) -> progress.done(done, ""))
              .truncate(output.name(), List.of(new Term(before, 1)), rules, stored);
    }
    Metadata metadata =
        Provenance.resized(
            new Metadata(before.metadata()),
            Provenance.greatestRank(before),
            ranks.words(),
            cut.adapter());
    Adapter written = output.write(console, cut.adapter(), metadata, read);
    report(console, loaded, written, new TruncationTable(cut, read.blocks()), stored);
    console.note("Done in " + Durations.since(began) + ".");
    return 0;
  }

  /** The rules; what is wrong with them is found before anything is read. */
  private RankRules checked() {
    try {
      if (!ranks.given()) {
        throw new IllegalArgumentException(
            "say --rank N, --sv-ratio X, --sv-fro X or --sv-cumulative X");
      }
      ranks.requireKernels();
      return ranks.rules(Integer.MAX_VALUE);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private void report(
      Console console, LoadedAdapter loaded, Adapter written, TruncationTable table, DType stored) {
    Adapter before = loaded.adapter();
    if (json) {
      console.print(
          new Json()
              .put("file", output.file.toString())
              .put("identity", written.identity())
              .put("keys", KeyReport.json(loaded.account()))
              .put("rankBefore", Provenance.greatestRank(before))
              .put("rank", Provenance.greatestRank(written))
              .put("precision", stored.toString())
              .put("error", table.truncated().error())
              .put("layers", table.json())
              .toString());
      return;
    }
    console.print(
        output.file
            + "  rank "
            + Provenance.greatestRank(before)
            + " to "
            + Provenance.greatestRank(written)
            + ", "
            + stored
            + ", identity "
            + written.identity());
    console.print(table.lines(layers));
  }
}
