package dev.lora4j.core.adapter.boft;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.adapter.oft.Cayley;
import dev.lora4j.core.adapter.oft.LycorisRotation;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * BOFT of LyCORIS: {@code oft_blocks} [stages, blocks, size, size] rotate output channels in
 * stages, each by {@code R = (1 + Q) (1 - Q)^-1} with {@code Q = blocks - blocks^T}, whose length
 * over all stages is at most {@code alpha * out} if alpha is above 0. In stage i, channels that lie
 * {@code size / 2 * 2^i} apart are brought side by side first, and back after it. Then {@code
 * rescale} multiplies each output.
 *
 * <p>Strength blends each R and the rescaling with 1.
 */
@Extension(
    point = AdapterMethod.class,
    name = BoftMethod.NAME,
    help = "BOFT of LyCORIS: outputs rotated in stages of a butterfly")
public final class BoftMethod implements TransformMethod {
  /** Its name. */
  public static final String NAME = "boft";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(LycorisRotation.BLOCKS, LycorisRotation.RESCALE, ALPHA);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.shape(LycorisRotation.BLOCKS).filter(s -> s.rank() == 4).isPresent();
  }

  @Override
  public Factors read(SiteTensors in) {
    HostTensor blocks = in.tensor(LycorisRotation.BLOCKS);
    Shape shape = blocks.shape();
    long size = shape.size(2);
    long out = in.site().out();
    if (size != shape.size(3) || shape.size(1) * size != out || !shuffles(shape, out)) {
      throw in.wrong(
          LycorisRotation.BLOCKS,
          "[stages, n, size, size] with n * size = "
              + out
              + ", an even size, and size * 2^(stages - 1) dividing "
              + out);
    }
    Map<String, HostTensor> tensors = new TreeMap<>(Map.of(LycorisRotation.BLOCKS, blocks));
    LycorisRotation.readRescale(in, tensors);
    return Factors.of(NAME, tensors, Map.of(ALPHA, LycorisRotation.readLimit(in)));
  }

  private static boolean shuffles(Shape blocks, long out) {
    long stages = blocks.size(0);
    return stages > 0
        && stages < Long.SIZE / 2
        && blocks.size(2) % 2 == 0
        && out % (blocks.size(2) << (stages - 1)) == 0;
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.without(ALPHA);
  }

  @Override
  public SortedMap<String, Double> numbers(FactorStructure factors) {
    Shape blocks = factors.shape(LycorisRotation.BLOCKS);
    return LycorisRotation.numbers(factors, blocks.size(1) * blocks.size(2));
  }

  @Override
  public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
    Expr blocks = factors.get(LycorisRotation.BLOCKS);
    Shape shape = blocks.shape();
    long size = shape.size(2);
    Expr skew = LycorisRotation.limited(Cayley.skew(blocks), factors);
    Expr rotations = Cayley.blend(Cayley.forward(skew), strength);
    Expr rows = weight.reshape(site.out(), site.rest());
    for (int stage = 0; stage < shape.size(0); stage++) {
      long apart = (size / 2) << stage;
      Expr rotation = rotations.slice(0, stage, stage + 1).reshape(shape.size(1), size, size);
      Expr together = swapped(rows, 2, apart, site.rest());
      Expr turned = rotation.matmul(together.reshape(shape.size(1), size, site.rest()));
      rows = swapped(turned, apart, 2, site.rest());
    }
    return LycorisRotation.rescaled(site, rows.reshape(site.weight().sizes()), factors, strength);
  }

  /** Rows as [..., first, second], those two exchanged. */
  static Expr swapped(Expr rows, long first, long second, long rest) {
    return rows.reshape(Dim.of(-1), Dim.of(first), Dim.of(second), Dim.of(rest)).transpose(1, 2);
  }
}
