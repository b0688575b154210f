package dev.lora4j.core.adapter.miss;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.Set;

/**
 * MiSS in PEFT's form {@code bat} on linear layers: with {@code miss_block} [out / size, size,
 * size] each block of the weight [size, size] becomes {@code W + W M + M}, M by its rows. Strength
 * multiplies what is added.
 */
@Extension(
    point = AdapterMethod.class,
    name = MissBatMethod.NAME,
    help = "MiSS of PEFT's form bat: blocks of the weight, multiplied and moved")
public final class MissBatMethod implements TransformMethod {
  /** Its name. */
  public static final String NAME = "miss-bat";

  private static final String BLOCK = MissMethod.BLOCK;

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR);
  }

  @Override
  public Set<String> roles() {
    return Set.of(BLOCK);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.shape(BLOCK).filter(s -> s.rank() == 3).isPresent();
  }

  @Override
  public Factors read(SiteTensors in) {
    HostTensor blocks = in.tensor(BLOCK);
    Shape shape = blocks.shape();
    long size = in.size(BLOCK, 1);
    Site site = in.site();
    boolean square = shape.size(2) == size && shape.size(0) * size == site.out();
    if (!square || site.in() % size != 0) {
      throw in.wrong(
          BLOCK,
          "[n, size, size] with n * size = "
              + site.out()
              + " and a size that divides "
              + site.in());
    }
    return Factors.of(NAME, Map.of(BLOCK, blocks), Map.of());
  }

  /** Each block belongs to rows of the weight, which can be divided between blocks alone. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    HostTensor blocks = factors.tensor(BLOCK);
    long size = blocks.shape().size(1);
    return share.aligned(size)
        ? Factors.of(NAME, Map.of(BLOCK, share.by(size).of(blocks)), factors.settings())
        : TransformMethod.super.rows(whole, factors, share);
  }

  @Override
  public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
    Expr blocks = factors.get(BLOCK);
    long count = blocks.shape().size(0);
    long size = blocks.shape().size(1);
    // [1, n, size, size] meets [in / size, n, size, size].
    Expr squares = weight.reshape(count, size, site.in() / size, size).permute(2, 0, 1, 3);
    Expr each = blocks.unsqueeze(0);
    Expr change = squares.matmul(each).add(each).mul(strength);
    Expr changed = squares.add(change);
    return changed.permute(1, 2, 0, 3).reshape(site.weight().sizes());
  }
}
