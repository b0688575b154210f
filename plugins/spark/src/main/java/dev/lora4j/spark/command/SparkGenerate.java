package dev.lora4j.spark.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.evaluate.AskedJudges;
import dev.lora4j.cli.generate.RequestOptions;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.spark.SparkGeneration;
import dev.lora4j.spark.SparkJudging;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes pictures on a cluster. */
@picocli.CommandLine.Command(
    name = "generate",
    sortOptions = false,
    description = {
      "Make pictures from prompts, or from the rows of a file, on the machines of a cluster.",
      "A picture depends on its prompt, seed and options alone: it has the same bits wherever it is"
          + " made, on processors of one kind with as many threads (spark.task.cpus)."
    })
public final class SparkGenerate implements Command {
  /** Rows have no columns for these. */
  private static final List<String> WITHOUT_COLUMN =
      List.of(
          "--original-size",
          "--crop",
          "--target-size",
          "--negative-original-size",
          "--negative-crop",
          "--negative-target-size");

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "PROMPT",
      description =
          "What the picture shows. (word:1.3) counts more, [word] less, BREAK starts anew.")
  private List<String> prompts = new ArrayList<>();

  @Mixin private final RowsOption rows = new RowsOption();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.png|PLACE.parquet",
      description =
          "Where to write: PNG files of this machine, numbered if there are several (default:"
              + " ${DEFAULT-VALUE}), or a table in Parquet, wherever Spark can write.",
      defaultValue = "out.png")
  private String output = "out.png";

  @Option(
      names = "--lora",
      paramLabel = "FILE[:WEIGHT[:FROM-TO]]",
      converter = LoraOption.Reader.class,
      description =
          "Adapter to blend in, as of 'lora4j generate'; rows of a table name it as its file is"
              + " called, and have it at this weight if they say nothing of adapters. May be given"
              + " several times.")
  private List<LoraOption> loras = new ArrayList<>();

  @Option(
      names = "--keep-errors",
      description =
          "Make the other pictures if one cannot be made, and say at the end which and why.")
  private boolean errors;

  @Option(
      names = "--resume",
      description =
          "Go on where the same command was stopped or killed: pictures that are there stay; make"
              + " all if none was begun.")
  private boolean resume;

  @Mixin private final JudgeOption judge = new JudgeOption();

  @Mixin private final SparkOptions spark = new SparkOptions();

  @Mixin private final RequestOptions request = new RequestOptions();

  @Mixin private final ModelOptions options = new ModelOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    if (rows.given() == !prompts.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Give PROMPTs, or a file of them by --prompts.");
    }
    UnusedOptions.refuse(spec, WITHOUT_COLUMN, "the rows of a cluster, which have none of it");
    if (rows.table()) {
      UnusedOptions.refuse(spec, List.of("--count"), "a table, whose rows are a picture each");
    } else {
      UnusedOptions.refuse(spec, List.of("--keep"), "prompts that are no table");
    }
    Optional<AskedJudges> judges = judge.judges(console, DrawnOutput.table(output));
    SparkConf settings = spark.settings();
    FetchedOption fetched = new FetchedOption(console, settings);
    SentAdapters adapters = SentAdapters.of(fetched, loras);
    options.base = options.base.map(fetched::here);
    BaseOutline base = options.outline();
    adapters.requireFits(console, options);
    DrawnOutput written = DrawnOutput.of(output, resume);
    written.seed().ifPresent(request::draw);
    List<String> texts = rows.table() ? List.of("") : rows.given() ? rows.lines() : prompts;
    List<Prompt> plain = request.prompts(spec, texts);
    if (!rows.table()) {
      texts.forEach(SentAdapters::requireNoTags);
      ModelOptions.requireFits(base, plain);
    }
    long began = System.nanoTime();
    CommandModel place = CommandModel.of(options.settled(console), options.where.device.toString());
    SparkGeneration generation = adapters.in(SparkGeneration.on(place));
    List<String> kept = new ArrayList<>(List.of(PromptTable.NUMBER));
    kept.addAll(rows.kept);
    judges.ifPresent(j -> kept.add(SparkJudging.CONCEPT));
    generation = generation.keeping(kept.stream().distinct().toArray(String[]::new));
    SparkGeneration asked = errors ? generation.keepingErrors() : generation;
    UnaryOperator<Dataset<Row>> drawing =
        judges
            .map(JudgeOption::judging)
            .<UnaryOperator<Dataset<Row>>>map(judging -> r -> judging.judge(asked.draw(r)))
            .orElse(asked::draw);
    try (ConnectedSpark connected = ConnectedSpark.of(console, spark, settings)) {
      PromptTable read =
          rows.table() ? table(connected, plain.get(0), adapters) : table(plain, adapters);
      if (read.rows().isEmpty()) {
        throw new Failure("There is no row to make a picture of.");
      }
      PromptTable named = judges.map(j -> JudgeOption.named(console, j, read)).orElse(read);
      DrawnReport report =
          connected.telling(
              () ->
                  written.write(
                      console,
                      connected,
                      drawing,
                      named,
                      made(place, adapters, settings),
                      plain.get(0).seed()));
      report(console, report, (System.nanoTime() - began) / 1e9);
      return report.failed().isEmpty() ? 0 : 1;
    }
  }

  /** What pictures depend on beside their rows. */
  private static List<String> made(CommandModel place, SentAdapters adapters, SparkConf settings) {
    List<String> made = new ArrayList<>(place.words());
    made.addAll(adapters.hashes());
    made.add(settings.get("spark.task.cpus", "1"));
    return made;
  }

  private static PromptTable table(List<Prompt> prompts, SentAdapters adapters) {
    return PromptTable.of(prompts, prompts.stream().map(p -> adapters.text()).toList());
  }

  private PromptTable table(ConnectedSpark connected, Prompt plain, SentAdapters adapters) {
    Map<String, Object> otherwise = PromptTable.said(plain, adapters.text());
    otherwise.put(PromptTable.SEED, plain.seed());
    List<String> more = judge.given() ? List.of(SparkJudging.CONCEPT) : List.of();
    return PromptTable.of(rows.read(connected.session(), more), otherwise);
  }

  private void report(Console console, DrawnReport report, double seconds) {
    if (json) {
      console.print(
          new Json()
              .put("output", output)
              .put("pictures", report.pictures())
              .put("failed", report.failed())
              .put("seconds", seconds)
              .toString());
      return;
    }
    report.lines().forEach(console::print);
    report.failed().forEach(console::note);
    console.note("Done in " + Durations.text(seconds) + ".");
  }
}
