package dev.lora4j.bench;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.NearestNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how fast this program is beside others. */
@Extension(
    point = Command.class,
    name = "bench",
    help = "Measure this program beside others who do the same work, in turns.")
@picocli.CommandLine.Command(
    name = "bench",
    sortOptions = false,
    subcommands = BenchMethodsCommand.class,
    description = {
      "Measure this program beside others who do the same work, in turns, and print the ratio of"
          + " the times. Before that all have to compute the same numbers.",
      "The machine should have nothing else to do."
    })
public final class BenchCommand implements Command {
  private static final String ALL = "all";
  private static final String LIST = "list";

  /** A machine with so much to do before anything was started is not quiet. */
  private static final double BUSY_LOAD = 0.5;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description =
          "A benchmark, one of its cases (NAME/CASE), 'all', or 'list' to see what there is.")
  private String name = "";

  @Option(
      names = "--peer",
      paramLabel = "PYTHON",
      description =
          "Measure what Python has as well, with this interpreter, for example venv/bin/python;"
              + " torch is needed for all, diffusers, peft and transformers for adapters.")
  private Optional<String> peer = Optional.empty();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How often each has its turn (default: ${DEFAULT-VALUE}).",
      defaultValue = "10")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "X",
      description =
          "Measured time for each case, all contenders together; warming up comes before it"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "20")
  private double seconds;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads inside one operator, for everybody (default: all cores).")
  private Optional<Integer> threads = Optional.empty();

  @Option(names = "--json", description = "Report as one JSON array with an object per result.")
  private boolean json;

  @Override
  public int run(Console console) {
    require(!name.isEmpty(), "NAME is missing: a benchmark, one of its cases, 'all' or 'list'");
    List<Benchmark> benchmarks = benchmarks();
    if (name.equals(LIST)) {
      console.print(json ? Report.listJson(benchmarks) : Report.list(benchmarks));
      return 0;
    }
    Map<String, Case> chosen = chosen(benchmarks);
    require(rounds >= 1, "--rounds must be at least 1, found " + rounds);
    require(seconds > 0 && seconds < 1e6, "--seconds must be positive, found " + seconds);
    require(
        threads.orElse(1) >= 1 && threads.orElse(1) <= 1024,
        "--threads must be from 1 to 1024, found " + threads.orElse(1));
    Path folder = folder();
    try (Lora4j lora =
        threads.map(EngineOptions.DEFAULT::threads).map(Lora4j::open).orElseGet(Lora4j::open)) {
      measure(console, chosen, lora.engine(), folder);
    } finally {
      remove(folder);
    }
    return 0;
  }

  private void measure(Console console, Map<String, Case> chosen, Engine engine, Path folder) {
    Machine machine = Machine.now(engine);
    if (machine.load() > BUSY_LOAD) {
      console.note(
          String.format(
              Locale.ROOT,
              "The machine was busy before this began (load %.1f): expect longer times and a wider"
                  + " spread.",
              machine.load()));
    }
    Bench.Options options = new Bench.Options(rounds, seconds, peer);
    Steadiness steadiness = new Steadiness(machine.cores());
    Bench.Tools tools = new Bench.Tools(console, engine, new Ceilings(engine), steadiness, folder);
    List<Result> results = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    chosen.forEach(
        (full, each) -> {
          try {
            results.addAll(each.measure(new Bench(full, options, tools)));
          } catch (Failure e) {
            failed.add(full + ": " + e.getMessage());
          }
        });
    steadiness.warning().ifPresent(console::note);
    if (!results.isEmpty() || failed.isEmpty()) {
      console.print(json ? Report.json(results, machine) : Report.text(results, machine));
    }
    if (!failed.isEmpty()) {
      throw new Failure(String.join("\n", failed));
    }
  }

  private static List<Benchmark> benchmarks() {
    return List.copyOf(Extensions.installed().shared(Benchmark.class).values());
  }

  /** The cases that the name stands for, by their full names. */
  private Map<String, Case> chosen(List<Benchmark> benchmarks) {
    Map<String, Case> chosen = new LinkedHashMap<>();
    List<String> names = new ArrayList<>(List.of(LIST, ALL));
    for (Benchmark benchmark : benchmarks) {
      names.add(benchmark.name());
      for (Case each : benchmark.cases()) {
        String full = benchmark.name() + "/" + each.name();
        names.add(full);
        if (List.of(ALL, benchmark.name(), full).contains(name)) {
          chosen.put(full, each);
        }
      }
    }
    List<String> near = NearestNames.near(name, names, 3);
    require(
        !chosen.isEmpty(),
        "there is no benchmark '"
            + name
            + "'"
            + (near.isEmpty()
                ? "; 'bench list' has all"
                : "; near are " + String.join(", ", near)));
    return chosen;
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), otherwise);
    }
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("lora4j-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
