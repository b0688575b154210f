package dev.lora4j.cli.adapter;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.ThreadsOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.bake.Bake;
import dev.lora4j.core.bake.BakeReport;
import dev.lora4j.core.bake.BakedParameter;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes adapters into a base for good. */
@Extension(
    point = Command.class,
    name = "bake",
    help = "Write a base model with adapters inside its weights.")
@picocli.CommandLine.Command(
    name = "bake",
    sortOptions = false,
    description = {
      "Write a base model with adapters inside its weights.",
      "",
      "Any method takes part; those that depend on the weight (DoRA, OFT, (IA)3 ...) act in the"
          + " order of the adapters. Sums are formed in F32 and rounded once to the base's own"
          + " type, which may be one of few bits; --dtype writes numbers instead. Metadata, shards and"
          + " all that is not changed stay the base's byte for byte. The files are read again and"
          + " compared before they take the place of the output."
    })
public final class BakeCommand implements Command {
  /** Share of the change at which a user should choose another way. */
  private static final double MUCH = 0.5;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE[:WEIGHT]",
      converter = WeightedFile.Reader.class,
      description = "Adapter and its weight (default: 1), for example ink.safetensors:0.8.")
  private List<WeightedFile> files = new ArrayList<>();

  @Option(
      names = "--base",
      required = true,
      paramLabel = "DIR|FILE",
      description = "The base: a checkpoint in one file, an index of shards, or a model folder.")
  private Path base = Path.of("");

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR|FILE",
      description = "Where to write: a file if the base is one, else a new folder.")
  private Path output = Path.of("");

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description =
          "Write all weights in ${COMPLETION-CANDIDATES}, quantised ones too (default: in the types"
              + " that the base has them in).")
  private Optional<FloatType> to = Optional.empty();

  @Mixin private final PartialOption partial = new PartialOption();

  @Mixin private final ThreadsOption threads = new ThreadsOption();

  @Option(names = "--per-layer", description = "A line for each layer that changed.")
  private boolean layers;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ExistingPath.any(base);
    long began = System.nanoTime();
    try (BaseCheckpoint opened = BaseCheckpoint.open(base)) {
      ReadAdapters read =
          ReadAdapters.of(
              console,
              files.stream().map(WeightedFile::file).toList(),
              Optional.of(opened.base()),
              partial.options());
      UsageBaseModel known = UsageBaseModel.of(base);
      MixPlan plan = MixPlan.NONE;
      for (int i = 0; i < files.size(); i++) {
        known.tellOther(console, files.get(i).file(), read.all().get(i));
        plan = plan.with(read.all().get(i).adapter(), files.get(i).weight());
      }
      to.map(FloatType::type)
          .ifPresentOrElse(
              type -> Bake.requireOutput(opened, output, type),
              () -> Bake.requireOutput(opened, output));
      BakeReport report = bake(console, opened, plan);
      if (json) {
        console.print(json(report, read).toString());
      } else {
        console.print(lines(report));
        if (report.loss() > MUCH) {
          console.note(
              "Rounding took most of the change, as the base's own types have few bits. Bake with"
                  + " --dtype f16 or bf16, or load the adapter beside the base.");
        }
      }
    }
    console.note("Done in " + Durations.since(began) + ".");
    return 0;
  }

  private BakeReport bake(Console console, BaseCheckpoint opened, MixPlan plan) {
    try (Lora4j lora = threads.open(console);
        Scope scope = lora.engine().scope("bake")) {
      Bake bake = new Bake(scope, opened, plan);
      to.map(FloatType::type).ifPresent(bake::to);
      try (Progress progress = console.progress("baking", bake.steps(), "step")) {
        return bake.listener(
                (done, of) -> progress.done(done, done <= of / 2 ? "writing" : "comparing"))
            .into(output);
      }
    }
  }

  private List<String> lines(BakeReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        report.output()
            + "  "
            + report.changed().size()
            + " weights and biases changed, "
            + report.copied()
            + " tensors as they were"
            + (to.isEmpty() ? "" : ", " + report.converted() + " in another type"));
    if (report.changed().isEmpty()) {
      lines.add("  No adapter has an effect at these weights: the output is the base.");
      return lines;
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "  rounding to the base's type moved the result by %.2g %% of the change%s",
            100 * report.loss(),
            report.worst().map(BakeCommand::worst).orElse("")));
    lines.add(
        String.format(
            Locale.ROOT,
            "  products of written weights with random vectors are within %.1e of what they should"
                + " be",
            report.probe()));
    if (layers) {
      report.changed().forEach(one -> lines.add(line(one)));
    }
    report.leftOut().forEach(f -> lines.add("  left out, as it holds the old weights: " + f));
    return lines;
  }

  private static String line(BakedParameter one) {
    return String.format(
        Locale.ROOT,
        "    %s %s: %s, changed by %.3g, rounded by %.3g, which is %.2g %%",
        one.site(),
        one.target().parameter(),
        one.stored(),
        one.change(),
        one.rounding(),
        100 * one.loss());
  }

  private static String worst(BakedParameter worst) {
    return String.format(
        Locale.ROOT, ", at worst by %.2g %%, at %s", 100 * worst.loss(), worst.site());
  }

  private Json json(BakeReport report, ReadAdapters read) {
    List<Map<String, Object>> adapters = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      adapters.add(
          new Json()
              .put("file", files.get(i).file().toString())
              .put("weight", files.get(i).weight())
              .put("identity", read.all().get(i).adapter().identity())
              .put("keys", KeyReport.json(read.all().get(i).account()))
              .fields());
    }
    List<Map<String, Object>> changed = new ArrayList<>();
    for (BakedParameter one : report.changed()) {
      changed.add(
          new Json()
              .put("layer", one.site())
              .put("parameter", one.target().parameter())
              .put("type", one.stored())
              .put("change", one.change())
              .put("rounding", one.rounding())
              .put("probe", one.probe())
              .fields());
    }
    return new Json()
        .put("file", report.output().toString())
        .put("base", base.toString())
        .put("adapters", adapters)
        .put("roundingLoss", report.loss())
        .put("probe", report.probe())
        .put("tensorsCopied", report.copied())
        .put("tensorsConverted", report.converted())
        .put("leftOut", report.leftOut().stream().map(Path::toString).toList())
        .put("changed", changed);
  }
}
