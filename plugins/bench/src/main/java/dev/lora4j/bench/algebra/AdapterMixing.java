package dev.lora4j.bench.algebra;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.RandomAdapter;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Mixers beside PEFT's {@code add_weighted_adapter}: adapters of a Stable Diffusion, in memory. */
@Extension(
    point = Benchmark.class,
    name = "mixers",
    help =
        "four adapters of rank 32 for the 722 layers of an SDXL UNet mixed to one: linear keeps all"
            + " directions, factors adds factors up as PEFT's linear does, others have rank 32; or"
            + " for one layer of each shape, or for one layer alone; or two of rank 4 for 192"
            + " layers of Stable Diffusion 1 (-sd15); beside PEFT, which takes long for what it"
            + " decomposes")
public final class AdapterMixing implements Benchmark {
  private static final String SMALL = "-sd15";

  /** Tolerance without truncation: rounding, and more for directions of nearly the same length. */
  private static final double EXACT = 1e-4;

  private static final double CUT = 1e-2;

  /**
   * A mixer, and the same in PEFT.
   *
   * @param ours its request, without the density
   * @param theirs the combination
   * @param drops whether it has a density
   */
  private record Kind(
      String name, String ours, String theirs, boolean drops, double tolerance, double target) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("linear", "linear", "cat", false, EXACT, 0.2),
          new Kind("factors", "task-arithmetic:of=factors", "linear", false, EXACT, 0.2),
          new Kind("svd", "svd:rank=", "svd", false, CUT, 0.2),
          new Kind("ties", "ties:trim=tensor,election=plain_sum", "ties_svd", true, CUT, 0.5),
          new Kind("dare-linear", "dare-linear:", "dare_linear_svd", true, CUT, 0.5),
          new Kind("dare-ties", "dare-ties:election=plain_sum", "dare_ties_svd", true, CUT, 0.5),
          new Kind("magnitude-prune", "magnitude-prune:", "magnitude_prune_svd", true, CUT, 0.5));

  /** Sites of early trainers of Stable Diffusion 1: attention, and the input of its GEGLU. */
  static List<Site> smallSites(Family family) {
    return family.sites().all().stream()
        .filter(s -> s.kind() == Site.Kind.LINEAR)
        .filter(
            s ->
                s.name().contains(".attn")
                    || s.name().contains(".self_attn.")
                    || s.name().endsWith(".ff.net.0.proj"))
        .toList();
  }

  @Override
  public List<Case> cases() {
    List<Case> all = new ArrayList<>();
    for (String size : List.of("", "-shapes", "-layer", SMALL)) {
      KINDS.forEach(kind -> all.add(new OfKind(kind.name() + size, kind)));
    }
    return all;
  }

  /** Case of a mixer. */
  private record OfKind(String name, Kind kind) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      String inputs = String.join(":", files(bench, sites()).stream().map(Path::toString).toList());
      String output = bench.folder().resolve("mixed.safetensors").toString();
      String argument =
          String.join(
              ";",
              Integer.toString(bench.engine().threads()),
              kind.ours().endsWith("rank=") ? kind.ours() + rank() : kind.ours(),
              Boolean.toString(kind.drops()),
              output,
              inputs,
              Integer.toString(rank()));
      try (Race race = bench.race(bench.java(MixedInMemory.class, argument))) {
        return race.against(
                bench.python(
                    AdapterMixing.class,
                    "peft_mixing.py",
                    "--inputs",
                    inputs,
                    "--combination",
                    kind.theirs(),
                    "--rank",
                    Integer.toString(rank())),
                name.endsWith("-layer") ? Target.NONE : Target.atMost(kind.target()))
            .run(DType.F32, kind.tolerance(), Optional.empty());
      }
    }

    private boolean small() {
      return name.endsWith(SMALL);
    }

    private int rank() {
      return small() ? 4 : 32;
    }

    private Family family() {
      return Families.named(small() ? "sd15" : "sdxl");
    }

    private List<Site> sites() {
      if (small()) {
        return smallSites(family());
      }
      boolean all = name.equals(kind.name());
      List<Site> unet =
          (all ? SdxlAdapter.sites() : SdxlAdapter.oneOfEachShape())
              .stream().filter(s -> s.name().startsWith("unet.")).toList();
      return name.endsWith("-layer")
          ? unet.stream().filter(s -> s.in() == s.out()).limit(1).toList()
          : unet;
    }

    private List<Path> files(Bench bench, List<Site> sites) {
      List<Path> files = new ArrayList<>();
      for (int i = 0; i < (small() ? 2 : 4); i++) {
        String layers = sites.size() + (small() ? SMALL : "");
        Path file = bench.folder().resolve("mixing-" + layers + "-" + i + ".safetensors");
        if (!Files.exists(file)) {
          RandomAdapter.write(bench.engine(), file, family(), sites, rank(), i);
        }
        files.add(file);
      }
      return files;
    }
  }
}
