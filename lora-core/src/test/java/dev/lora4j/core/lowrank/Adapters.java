package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random adapters for sites of random shapes. */
final class Adapters {
  final List<Site> sites = new ArrayList<>();
  private final Random random;

  /** Linear layers and convolutions of one point and of three by three, several of each shape. */
  Adapters(long seed) {
    random = new Random(seed);
    for (int shape = 0; shape < 3; shape++) {
      long out = size();
      long in = size();
      for (int i = 0; i < 2; i++) {
        String at = "unet.down_blocks." + shape + "." + i;
        sites.add(Site.linear(at + ".linear", Shape.of(out, in), false));
        sites.add(Site.convolution(at + ".point", Shape.of(out, in, 1, 1), 1, 0));
        sites.add(Site.convolution(at + ".conv", Shape.of(in, out, 3, 3), 1, 1));
      }
    }
  }

  private int size() {
    return 3 + random.nextInt(18);
  }

  Map<String, Site> byName() {
    Map<String, Site> all = new HashMap<>();
    sites.forEach(s -> all.put(s.name(), s));
    return all;
  }

  /** LoRA at every site, some with a Tucker core, each with a rank and an alpha of its own. */
  Adapter next(String name, DType type) {
    Map<String, List<Factors>> all = new HashMap<>();
    for (Site site : sites) {
      boolean tucker = site.name().endsWith("conv") && random.nextBoolean();
      all.put(site.name(), List.of(tucker ? tucker(site, type) : pair(site, type)));
    }
    return new Adapter(name, all, Map.of());
  }

  private int rank(Site site) {
    return 1 + random.nextInt((int) Math.min(6, Math.min(site.out(), site.in())));
  }

  Factors pair(Site site, DType type) {
    int rank = rank(site);
    return factors(
        Map.of(
            LoraMethod.DOWN, tensor(type, LowRank.down(site, rank)),
            LoraMethod.UP, tensor(type, LowRank.up(site, rank))));
  }

  private Factors tucker(Site site, DType type) {
    int rank = rank(site);
    return factors(
        Map.of(
            LoraMethod.DOWN, tensor(type, LowRank.point(site, rank, site.in())),
            LoraMethod.MID, tensor(type, site.weight().with(0, rank).with(1, rank)),
            LoraMethod.UP, tensor(type, LowRank.up(site, rank))));
  }

  private Factors factors(Map<String, HostTensor> tensors) {
    String alpha = Double.toString((float) (0.5 + 4 * random.nextDouble()));
    return Factors.of(LoraMethod.NAME, tensors, Map.of(AdapterMethod.ALPHA, alpha));
  }

  private HostTensor tensor(DType type, Shape shape) {
    int count = (int) shape.elements();
    ByteBuffer bytes = ByteBuffer.allocate(count * type.bits() / 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      if (type == DType.F32) {
        bytes.putFloat((float) random.nextGaussian());
      } else {
        // BF16 is the upper half of F32.
        bytes.putShort((short) (Float.floatToIntBits((float) random.nextGaussian()) >> 16));
      }
    }
    return HostTensor.of(type, shape, bytes.flip());
  }
}
