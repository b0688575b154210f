package dev.lora4j.bench.algebra;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Contender;
import dev.lora4j.bench.Detail;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Spread;
import dev.lora4j.bench.Target;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Resizing and merging of adapters of Stable Diffusion XL, and reading them. */
@Extension(
    point = Benchmark.class,
    name = "adapter-algebra",
    help =
        "reading an SDXL adapter of 986 layers, putting it into the base beside "
            + "diffusers, resizing it, merging four of them; beside the QR decompositions "
            + "alone, and at one layer of each shape beside sd-scripts in the folder that "
            + "SD_SCRIPTS names")
public final class AdapterAlgebra implements Benchmark {
  private static final int LARGE = 64;
  private static final int PUBLISHED = 28;
  private static final int SMALL = 16;
  private static final int MERGED = 4;

  /** Both sides round to F32; the peer decomposes in it too. */
  private static final double TOLERANCE = 1e-4;

  private static final double BF16_TOLERANCE = 2e-2;

  @Override
  public List<Case> cases() {
    return List.of(
        new ReadCase(),
        new FirstOutputCase(),
        new WholeCase("resize-64-16", 1, LARGE),
        new WholeCase("merge-4", MERGED, PUBLISHED),
        new ShapesCase("resize-64-16-shapes", 1, LARGE, "resize"),
        new ShapesCase("merge-4-shapes", MERGED, PUBLISHED, "merge"));
  }

  private static List<Path> files(Bench bench, List<Site> sites, int count, int rank) {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = "adapter-" + sites.size() + "-" + rank + "-" + i + ".safetensors";
      Path file = bench.folder().resolve(name);
      if (!Files.exists(file)) {
        SdxlAdapter.write(bench.engine(), file, sites, rank, i);
      }
      files.add(file);
    }
    return files;
  }

  private static Result result(
      Bench bench, double ours, Contender peer, double[] theirs, Target target, Detail detail) {
    double[] ratios = new double[theirs.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = ours / theirs[i];
    }
    return new Result(
        bench.name(),
        ours * 1e3,
        Spread.median(theirs) * 1e3,
        peer.name(),
        Spread.of(ratios),
        "ms",
        DType.F32,
        target,
        List.of(detail));
  }

  private static Detail layers(int count) {
    return new Detail("layers", count, count + " layers");
  }

  /** Reading alone, without a peer that does the same. */
  private record ReadCase() implements Case {
    @Override
    public String name() {
      return "read";
    }

    @Override
    public List<Result> measure(Bench bench) {
      List<Site> sites = SdxlAdapter.sites();
      Path file = files(bench, sites, 1, PUBLISHED).get(0);
      try (Reading ours = new Reading(file)) {
        ours.run(2);
        double[] seconds = ours.run(Math.max(3, bench.rounds()));
        Target halfASecond = Target.atMost(0.5);
        return List.of(
            new Result(
                bench.name(),
                Spread.median(seconds) * 1e3,
                1e3,
                "one second",
                Spread.of(seconds),
                "ms",
                DType.F16,
                halfASecond,
                List.of(layers(sites.size()))));
      }
    }
  }

  /** Case from the file to the first changed output, beside diffusers. */
  private record FirstOutputCase() implements Case {
    @Override
    public String name() {
      return "first-output";
    }

    @Override
    public List<Result> measure(Bench bench) {
      List<Site> sites = SdxlAdapter.sites();
      Path file = files(bench, sites, 1, PUBLISHED).get(0);
      Optional<Contender> peer =
          bench.python(AdapterAlgebra.class, "diffusers_loading.py", "--inputs", file.toString());
      if (peer.isEmpty()) {
        return List.of();
      }
      try (FirstOutput ours = new FirstOutput(bench.engine(), file);
          Contender theirs = peer.get()) {
        double apart = ShapesCase.apart(ours.check(), theirs.check());
        // Theirs is computed in BF16 throughout, with 8 bits.
        if (!(apart <= BF16_TOLERANCE)) {
          throw new Failure(
              bench.name()
                  + ": "
                  + theirs.name()
                  + " computes something else, "
                  + apart
                  + " apart.");
        }
        ours.run(1);
        double[] mine = new double[bench.rounds()];
        double[] other = new double[bench.rounds()];
        for (int round = 0; round < mine.length; round++) {
          bench.lookAround();
          mine[round] = ours.run(1)[0];
          other[round] = theirs.run(1)[0];
        }
        Target half = Target.atMost(0.5);
        return List.of(
            result(bench, Spread.median(mine), theirs, other, half, layers(sites.size())));
      }
    }
  }

  /** All layers, beside the floor. */
  private record WholeCase(String name, int count, int rank) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      List<Site> sites = SdxlAdapter.sites();
      List<Path> files = files(bench, sites, count, rank);
      Path output = bench.folder().resolve("ours.safetensors");
      try (Computation ours = new Computation(bench.engine(), files, SMALL, output);
          QrFloor floor = new QrFloor(bench.engine(), sites, count * rank)) {
        ours.run(1);
        floor.run(1);
        double[] mine = new double[bench.rounds()];
        double[] least = new double[bench.rounds()];
        for (int round = 0; round < mine.length; round++) {
          bench.lookAround();
          mine[round] = ours.run(1)[0];
          least[round] = floor.run(1)[0];
        }
        return List.of(
            result(bench, Spread.median(mine), floor, least, Target.NONE, layers(sites.size())));
      }
    }
  }

  /** One layer of each shape, beside sd-scripts, which would take hours for all. */
  private record ShapesCase(String name, int count, int rank, String work) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      List<Site> sites = SdxlAdapter.oneOfEachShape();
      List<Path> files = files(bench, sites, count, rank);
      List<Result> results = new ArrayList<>();
      Path output = bench.folder().resolve("ours.safetensors");
      try (Computation ours = new Computation(bench.engine(), files, SMALL, output)) {
        double[] expected = ours.check();
        double seconds = Spread.median(ours.run(Math.max(3, bench.rounds())));
        for (String iterations : List.of("0", "2")) {
          peer(bench, files, iterations)
              .ifPresent(
                  peer -> {
                    try (peer) {
                      double[] theirs = peer.run(1);
                      double apart = apart(expected, peer.check());
                      require(bench, peer, apart, iterations.equals("0"));
                      Target target = iterations.equals("0") ? Target.atMost(0.02) : Target.NONE;
                      Detail detail =
                          new Detail(
                              "niter",
                              Integer.parseInt(iterations),
                              sites.size()
                                  + (iterations.equals("0")
                                      ? " layers, whole decomposition as it ships"
                                      : String.format(
                                          Locale.ROOT,
                                          " layers, torch.svd_lowrank, niter 2, %.1e apart",
                                          apart)));
                      results.add(result(bench, seconds, peer, theirs, target, detail));
                    }
                  });
        }
      }
      return results;
    }

    private Optional<Contender> peer(Bench bench, List<Path> files, String iterations) {
      String folder = System.getenv("SD_SCRIPTS");
      if (folder == null || folder.isBlank()) {
        return Optional.empty();
      }
      return bench.python(
          AdapterAlgebra.class,
          "sd_scripts.py",
          "--inputs",
          String.join(":", files.stream().map(Path::toString).toList()),
          "--folder",
          folder,
          "--work",
          work,
          "--rank",
          Integer.toString(SMALL),
          "--niter",
          iterations,
          "--output",
          bench.folder().resolve("theirs.safetensors").toString());
    }

    private static double apart(double[] expected, double[] theirs) {
      double square = 0;
      double whole = 0;
      for (int i = 0; i < expected.length; i++) {
        square += Math.pow(expected[i] - theirs[i], 2);
        whole += expected[i] * expected[i];
      }
      return Math.sqrt(square / whole);
    }

    /** Requires that an exact peer agrees; of an approximate one the report has the error. */
    private static void require(Bench bench, Contender peer, double apart, boolean exact) {
      if (exact && !(apart <= TOLERANCE)) {
        throw new Failure(
            String.format(
                Locale.ROOT,
                "%s: %s computes something else, %.2e apart; no ratio is given.",
                bench.name(),
                peer.name(),
                apart));
      }
    }
  }
}
