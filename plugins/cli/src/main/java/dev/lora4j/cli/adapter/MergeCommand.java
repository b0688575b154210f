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
import dev.lora4j.core.adapter.full.DiffMethod;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.Provenance;
import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.lowrank.TruncatedAdapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.ExtensionRequest;
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
      "Mix adapters to one, each with its weight.",
      "",
      "The mixer 'linear' is the exact sum: factors side by side, so that ranks add up, or the"
          + " change itself where that is smaller and an adapter is no LoRA. 'svd' cuts that sum to"
          + " a rank, keeping as much of it as any LoRA of that rank can. Other mixers work on all"
          + " numbers of the changes; what they give is cut to as many directions as the adapters"
          + " have together, unless you say otherwise. Methods may differ; biases and norms are"
          + " mixed too. What depends on the weight it acts on (DoRA, OFT, (IA)3 ...) cannot be"
          + " mixed: bake it into a base and extract the difference."
    })
public final class MergeCommand implements Command {
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

  @Mixin private final BlockWeightOptions shares = new BlockWeightOptions();
  @Mixin private final MixerOption mixer = new MixerOption();
  @Mixin private final RankOptions ranks = new RankOptions();

  @Option(
      names = "--full",
      description =
          "Keep all of the change. What has no factors is then stored whole: a file as large as the"
              + " layers themselves (default: as many directions at each layer as the adapters have"
              + " there together).")
  private boolean full;

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
    Mixer asked = checked();
    DeltaMixer deltas = MixerOption.deltas(asked, usual());
    shares.require();
    shares.requireUsed(files.stream().map(f -> LoraOption.name(f.file())).toList());
    output.require(spec);
    files.forEach(f -> output.requireOther(f.file()));
    long began = System.nanoTime();
    ReadAdapters read =
        ReadAdapters.of(
            console,
            files.stream().map(WeightedFile::file).toList(),
            base.family(),
            partial.options());
    List<Adapter> adapters = read.all().stream().map(LoadedAdapter::adapter).toList();
    SiteCatalogue sites = new SiteCatalogue(read.sites().values());
    MixPlan plan = plan(adapters, sites);
    DType stored = precision.type(adapters);
    try (Lora4j lora = threads.open(console);
        Scope scope = lora.engine().scope("merge");
        Progress progress = console.progress("merging", count(adapters), "layer")) {
      DeltaMixing mixing =
          new DeltaMixing(scope, read.sites())
              .seed(mixer.seed)
              .stored(stored)
              .surveyed((done, of) -> progress.done((done - 1) * count(adapters) / of, "survey"))
              .listener((done, of) -> progress.done(Math.min(done, count(adapters)), ""));
      cut(mixing);
      TruncatedAdapter mixed =
          asked instanceof WeightMixer weights
              ? mixing.mix(output.name(), weights, deltas, plan)
              : mixing.mix(output.name(), deltas, plan);
      String how = ExtensionRequest.of(asked).text();
      Adapter written =
          output.write(console, mixed.adapter(), new Metadata(mixed.adapter().metadata()), read);
      report(console, read, written, how, mixed, stored, Durations.since(began));
    }
    return 0;
  }

  private MixPlan plan(List<Adapter> adapters, SiteCatalogue sites) {
    MixPlan plan = MixPlan.NONE;
    for (int i = 0; i < files.size(); i++) {
      Adapter adapter = adapters.get(i);
      plan =
          plan.with(
              new MixPlan.Part(
                  adapter,
                  Weight.of(files.get(i).weight()),
                  shares.text(adapter),
                  shares.shares(adapter, sites),
                  Optional.empty()));
    }
    return plan;
  }

  /** Default mixer of a sum. */
  private String usual() {
    return ranks.given() ? MixerOption.SVD : MixerOption.LINEAR;
  }

  /** The mixer; what is wrong with the options is found before anything is read. */
  private Mixer checked() {
    try {
      ranks.rules(1);
      ranks.requireKernels();
      boolean cut = ranks.given() || ranks.kernels();
      Mixer asked = mixer.mixer(usual());
      if (asked instanceof DeltaMixer deltas) {
        requireOneRule(deltas);
      }
      if (cut && ExtensionRequest.of(asked).name().equals(MixerOption.LINEAR)) {
        throw new IllegalArgumentException(
            "the mixer linear keeps all directions; leave --rank, --conv-rank and --sv-... out, or"
                + " use --mixer svd");
      }
      if (cut && full) {
        throw new IllegalArgumentException(
            "--full keeps all directions; leave it out, or --rank, --conv-rank and --sv-...");
      }
      return asked;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** Refuses what would go before a mixer's own word on how many directions it keeps. */
  private void requireOneRule(DeltaMixer asked) {
    Optional<RankRule> own = asked.truncation(List.of(1));
    String name = ExtensionRequest.of(asked).name();
    if (own.isPresent() && full) {
      throw new IllegalArgumentException(
          "the mixer "
              + name
              + " cuts, and --full keeps all directions; leave --full out, or take another mixer");
    }
    // A mixer whose rank does not depend on the adapters has a setting for it.
    if (own.isPresent() && ranks.given() && own.equals(asked.truncation(List.of(2)))) {
      throw new IllegalArgumentException(
          "the mixer "
              + ExtensionRequest.of(asked).text()
              + " says how many directions it keeps; leave that out, or --rank and --sv-...");
    }
  }

  private void cut(DeltaMixing mixing) {
    if (full) {
      mixing.uncut();
    } else if (ranks.given()) {
      mixing.cut(ranks.rules(1));
    } else {
      mixing.cutWholes();
      if (ranks.kernels()) {
        mixing.cutKernels(ranks.rules(1).kernels());
      }
    }
  }

  private static long count(List<Adapter> adapters) {
    return adapters.stream().flatMap(a -> a.sites().keySet().stream()).distinct().count();
  }

  /** Number of layers whose change is stored whole, not as factors. */
  private static long wholes(ReadAdapters read, Adapter adapter) {
    return read.sites().values().stream()
        .filter(site -> site.kind() != Site.Kind.NORM)
        .filter(
            site ->
                adapter.at(site.name()).stream().anyMatch(f -> f.method().equals(DiffMethod.NAME)))
        .count();
  }

  private void report(
      Console console,
      ReadAdapters read,
      Adapter written,
      String how,
      TruncatedAdapter mixed,
      DType stored,
      String time) {
    boolean cut = !mixed.sites().isEmpty();
    if (json) {
      List<Map<String, Object>> parts = new ArrayList<>();
      for (int i = 0; i < files.size(); i++) {
        LoadedAdapter one = read.all().get(i);
        parts.add(
            new Json()
                .put("file", files.get(i).file().toString())
                .put("weight", files.get(i).weight())
                .put("identity", one.adapter().identity())
                .put("keys", KeyReport.json(one.account()))
                .fields());
      }
      Json told =
          new Json()
              .put("file", output.file.toString())
              .put("identity", written.identity())
              .put("adapters", parts)
              .put("sites", written.sites().size())
              .put("whole", wholes(read, written))
              .put("precision", stored.toString())
              .put("mixer", how)
              .put("seed", mixer.seed);
      if (cut) {
        told.put("kept", mixed.total().kept())
            .put("error", mixed.error())
            .put("layers", new TruncationTable(mixed, read.blocks()).json());
      }
      console.print(told.toString());
      return;
    }
    long whole = wholes(read, written);
    console.print(
        output.file
            + "  "
            + written.sites().size()
            + " layers"
            + (whole == 0 ? "" : ", " + whole + " of them whole")
            + ", greatest rank "
            + Provenance.greatestRank(written)
            + ", "
            + stored
            + ", identity "
            + written.identity());
    if (cut) {
      console.print(new TruncationTable(mixed, read.blocks()).lines(layers));
    }
    console.note("Done in " + time + ".");
  }
}
