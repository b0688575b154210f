package dev.lora4j.core.adapter.oft;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
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
 * OFT of kohya and LyCORIS (Diag-OFT): blocks of output channels are rotated by {@code R^T}, with
 * {@code R = (1 + Q) (1 - Q)^-1} and {@code Q = blocks - blocks^T}, whose length is at most {@code
 * alpha * out} if alpha is above 0; then {@code rescale} multiplies each output. Old files store R
 * itself, as {@code oft_diag}.
 *
 * <p>Strength blends R and the rescaling with 1.
 */
@Extension(
    point = AdapterMethod.class,
    name = DiagOftMethod.NAME,
    help = "OFT of kohya and LyCORIS: blocks of outputs rotated")
public final class DiagOftMethod implements TransformMethod {
  /** Its name. */
  public static final String NAME = "diag-oft";

  private static final String ROTATION = "oft_diag";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(LycorisRotation.BLOCKS, ROTATION, LycorisRotation.RESCALE, ALPHA);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(ROTATION)
        || tensors.shape(LycorisRotation.BLOCKS).filter(s -> s.rank() != 4).isPresent();
  }

  @Override
  public Factors read(SiteTensors in) {
    String role = in.has(ROTATION) ? ROTATION : LycorisRotation.BLOCKS;
    if (in.has(ROTATION) && in.has(LycorisRotation.BLOCKS)) {
      throw in.wrong(ROTATION, "absent beside " + in.key(LycorisRotation.BLOCKS));
    }
    HostTensor blocks = in.tensor(role);
    Shape shape = blocks.shape();
    if (shape.rank() != 3
        || shape.size(1) != shape.size(2)
        || shape.size(0) * shape.size(1) != in.site().out()) {
      throw LycorisRotation.blocks(in, role);
    }
    Map<String, HostTensor> tensors = new TreeMap<>(Map.of(role, blocks));
    LycorisRotation.readRescale(in, tensors);
    if (role.equals(ROTATION)) {
      in.ignore(ALPHA, "a rotation that is stored itself has no limit");
      return Factors.of(NAME, tensors, Map.of());
    }
    return Factors.of(NAME, tensors, Map.of(ALPHA, LycorisRotation.readLimit(in)));
  }

  /** Whole blocks; a limit on all of them together is applied to them first. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    String role = factors.tensors().containsKey(ROTATION) ? ROTATION : LycorisRotation.BLOCKS;
    long size = factors.tensor(role).shape().size(1);
    if (!share.aligned(size)) {
      return TransformMethod.super.rows(whole, factors, share);
    }
    Map<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    Map<String, String> settings = new TreeMap<>(factors.settings());
    if (settings.containsKey(ALPHA)) {
      HostTensor limited = LycorisRotation.limited(factors, whole.out());
      tensors.put(role, limited);
      settings.put(ALPHA, Double.toString(0));
    }
    tensors.computeIfPresent(role, (r, t) -> share.by(size).of(t));
    tensors.computeIfPresent(LycorisRotation.RESCALE, (r, t) -> share.of(t));
    return Factors.of(NAME, tensors, settings);
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    FactorStructure form = factors.without(ALPHA);
    for (String role : new String[] {LycorisRotation.BLOCKS, ROTATION}) {
      form = form.open(role, 0).open(role, 1).open(role, 2);
    }
    return form;
  }

  @Override
  public SortedMap<String, Double> numbers(FactorStructure factors) {
    if (!factors.has(LycorisRotation.BLOCKS)) {
      return new TreeMap<>();
    }
    Shape blocks = factors.shape(LycorisRotation.BLOCKS);
    return LycorisRotation.numbers(factors, blocks.size(0) * blocks.size(1));
  }

  @Override
  public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
    Expr rotation =
        factors
            .find(ROTATION)
            .map(r -> r.to(DType.F64))
            .orElseGet(
                () ->
                    Cayley.forward(
                        LycorisRotation.limited(
                            Cayley.skew(factors.get(LycorisRotation.BLOCKS)), factors)));
    Expr blended = Cayley.blend(rotation, strength).transpose(1, 2);
    Expr rows = weight.reshape(rotation.dim(0), rotation.dim(1), Dim.of(-1));
    Expr turned = blended.matmul(rows).reshape(site.weight().sizes());
    return LycorisRotation.rescaled(site, turned, factors, strength);
  }
}
