package dev.lora4j.cli;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.metadata.Derivation;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.RankRules;
import dev.lora4j.core.lowrank.Term;
import dev.lora4j.core.lowrank.Truncated;
import dev.lora4j.core.spi.Extension;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Adds adapters up. */
@Extension(
    point = Command.class,
    name = "merge",
    help = "Add adapters up to one, each with its weight.")
@picocli.CommandLine.Command(
    name = "merge",
    sortOptions = false,
    description = {
      "Add adapters up to one, each with its weight.",
      "",
      "The mixer 'linear' is the exact sum: factors side by side, so that ranks add up. 'svd' cuts"
          + " that sum to a rank, keeping as much of it as any LoRA of that rank can. Methods may"
          + " differ; changes of biases and norms add up too. What depends on the weight it acts on"
          + " (DoRA, OFT, (IA)3 ...) has no sum: bake it into a base and extract the difference."
    })
public final class MergeCommand implements Command {
  /** How the sum becomes one adapter. */
  enum Mixer {
    linear,
    svd
  }

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE[:WEIGHT]",
      converter = WeightedFile.Reader.class,
      description = "Adapter and its weight (default: 1), for example ink.safetensors:0.7.")
  private List<WeightedFile> files = new ArrayList<>();

  @Mixin private final AdapterOutputOption output = new AdapterOutputOption();

  @Option(
      names = "--mixer",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES} (default: linear, or svd if a rank is asked for).")
  private Optional<Mixer> mixer = Optional.empty();

  @Mixin private final RankOptions ranks = new RankOptions();
  @Mixin private final PrecisionOption precision = new PrecisionOption();
  @Mixin private final FamilyOption base = new FamilyOption();
  @Mixin private final PartialOption partial = new PartialOption();

  @Option(names = "--layers", description = "A line for each layer, not for each block.")
  private boolean layers;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    boolean cut = checked();
    output.require(spec);
    long began = System.nanoTime();
    ReadAdapters read =
        ReadAdapters.of(
            console,
            files.stream().map(WeightedFile::file).toList(),
            base.family(),
            partial.options());
    List<Term> terms = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      terms.add(new Term(read.all().get(i).adapter(), files.get(i).weight()));
    }
    List<Adapter> adapters = terms.stream().map(Term::adapter).toList();
    DType stored = precision.type(adapters);
    try (Lora4j lora = Lora4j.open();
        Scope scope = lora.engine().scope("merge");
        Progress progress = console.progress("merging", count(adapters), "layer")) {
      LowRankAlgebra algebra =
          new LowRankAlgebra(scope, read.sites()).listener((done, of) -> progress.done(done, ""));
      Optional<Truncated> truncated = Optional.empty();
      Adapter sum;
      if (cut) {
        truncated = Optional.of(algebra.truncate(output.name(), terms, rules(adapters), stored));
        sum = truncated.get().adapter();
      } else {
        sum = algebra.sum(output.name(), terms, stored);
      }
      Metadata metadata = metadata(read, terms, sum);
      Adapter written = output.write(console, sum, metadata, read);
      report(console, read, written, truncated, stored, Durations.since(began));
    }
    return 0;
  }

  /** Whether the sum is cut; what is wrong with the options is found before anything is read. */
  private boolean checked() {
    try {
      ranks.rules(1);
      boolean cut = mixer.map(m -> m == Mixer.svd).orElse(ranks.given());
      ranks.requireKernels();
      if (!cut && (ranks.given() || ranks.kernels())) {
        throw new IllegalArgumentException(
            "the mixer linear keeps all directions; leave --rank, --conv-rank and --sv-... out, or use"
                + " --mixer svd");
      }
      return cut;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static long count(List<Adapter> adapters) {
    return adapters.stream().flatMap(a -> a.sites().keySet().stream()).distinct().count();
  }

  private RankRules rules(List<Adapter> adapters) {
    long most = adapters.stream().mapToLong(Derivation::greatestRank).max().orElse(0);
    if (most == 0 && !ranks.given()) {
      throw new Failure("None of the adapters has a rank to go by; say --rank N.");
    }
    return ranks.rules(Math.toIntExact(Math.max(1, most)));
  }

  /** A single adapter with weight 1 keeps all that its file says. */
  private static Metadata metadata(ReadAdapters read, List<Term> terms, Adapter sum) {
    List<Metadata> parts =
        read.all().stream().map(l -> new Metadata(l.adapter().metadata())).toList();
    List<String> names = terms.stream().map(t -> t.adapter().name()).toList();
    return parts.size() == 1
            && terms.get(0).weight() == 1
            && sum.identity().equals(terms.get(0).adapter().identity())
        ? parts.get(0)
        : Derivation.merged(parts, names, sum);
  }

  private void report(
      Console console,
      ReadAdapters read,
      Adapter written,
      Optional<Truncated> truncated,
      DType stored,
      String time) {
    if (json) {
      List<Map<String, Object>> parts = new ArrayList<>();
      for (int i = 0; i < files.size(); i++) {
        LoadedAdapter one = read.all().get(i);
        parts.add(
            new Json()
                .put("file", files.get(i).file().toString())
                .put("weight", files.get(i).weight())
                .put("identity", one.adapter().identity())
                .fields());
      }
      Json whole =
          new Json()
              .put("file", output.file.toString())
              .put("identity", written.identity())
              .put("adapters", parts)
              .put("sites", written.sites().size())
              .put("precision", stored.toString());
      truncated.ifPresent(
          t ->
              whole
                  .put("error", t.error())
                  .put("layers", new TruncationTable(t, read.blocks()).json()));
      console.print(whole.toString());
      return;
    }
    console.print(
        output.file
            + "  "
            + written.sites().size()
            + " layers, greatest rank "
            + Derivation.greatestRank(written)
            + ", "
            + stored
            + ", identity "
            + written.identity());
    truncated.ifPresent(
        t -> new TruncationTable(t, read.blocks()).lines(layers).forEach(console::print));
    console.note("Done in " + time + ".");
  }
}
