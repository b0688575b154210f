package dev.lora4j.core.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What files of other tools have in other shapes, and what no method can make sense of. */
class MethodReadingTest {
  private static final Site LINEAR = Site.linear("unet.linear", Shape.of(6, 4), false);
  private static final Site SQUARE = Site.linear("unet.square", Shape.of(4, 4), true);
  private static final Site CONV = Site.convolution("unet.conv", Shape.of(6, 4, 3, 3), 1, 1);
  private static final Site POINT = Site.convolution("unet.point", Shape.of(6, 4, 1, 1), 1, 0);
  private static final Site NORM = Site.norm("unet.norm", 4);

  private static final HostTensor ZERO = HostTensor.of(Shape.of(), 0);
  private static final HostTensor INFINITE = HostTensor.of(Shape.of(), Float.POSITIVE_INFINITY);

  /** Tensors by role, whose keys in the file are the roles behind "key.". */
  private static final class At {
    private final Site site;
    private final Map<String, HostTensor> tensors = new LinkedHashMap<>();

    At(Site site) {
      this.site = site;
    }

    /** With 1, 2, 3 ... in this shape. */
    At with(String role, long... sizes) {
      Shape shape = Shape.of(sizes);
      float[] values = new float[(int) shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = i + 1;
      }
      return with(role, HostTensor.of(shape, values));
    }

    At with(String role, HostTensor tensor) {
      tensors.put(role, tensor);
      return this;
    }

    At lora() {
      return with("lora_down.weight", 2, site.rest()).with("lora_up.weight", site.out(), 2);
    }

    SiteTensors tensors() {
      SiteTensors all = new SiteTensors(site);
      tensors.forEach((role, tensor) -> all.add(role, "key." + role, tensor));
      return all;
    }

    List<Factors> read() {
      return Methods.read(tensors());
    }

    void refused(String... parts) {
      MethodReadingTest.refused(tensors(), parts);
    }
  }

  private static void refused(SiteTensors tensors, String... parts) {
    AdapterException e = assertThrows(AdapterException.class, () -> Methods.read(tensors));
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  @Test
  void sizeOneDimensionsMayBeMissingOrExtra() {
    At wide =
        new At(LINEAR).with("lora_down.weight", 2, 4, 1, 1).with("lora_up.weight", 6, 2, 1, 1);
    assertEquals(new At(LINEAR).lora().read(), wide.read());
    Factors point = new At(POINT).lora().read().get(0);
    assertEquals(Shape.of(2, 4, 1, 1), point.tensor("lora_down.weight").shape());
  }

  @Test
  void oneTrainersLohaOnConvolutionsHasFourDimensions() {
    At flat = new At(CONV).with("hada_w1_a", 6, 2).with("hada_w1_b", 2, 36);
    flat.with("hada_w2_a", 6, 2).with("hada_w2_b", 2, 36);
    At kernels = new At(CONV).with("hada_w1_a", 6, 2, 1, 1).with("hada_w1_b", 2, 4, 3, 3);
    kernels.with("hada_w2_a", 6, 2, 1, 1).with("hada_w2_b", 2, 4, 3, 3);
    assertEquals(flat.read(), kernels.read());
  }

  @Test
  void infiniteAlphaWithoutEffectIsIgnored() {
    At whole = new At(LINEAR).with("lokr_w1", 2, 2).with("lokr_w2", 3, 2).with("alpha", INFINITE);
    SiteTensors tensors = whole.tensors();
    Factors factors = Methods.read(tensors).get(0);
    assertEquals(1, Methods.additive("lokr").scale(factors.structure()));
    assertEquals(Set.of("alpha"), tensors.ignored().keySet());
    new At(LINEAR).lora().with("alpha", INFINITE).refused("key.alpha", "finite");
  }

  @Test
  void zeroAlphaIsTheRankOnlyInFiles() {
    SiteTensors file = new At(LINEAR).lora().with("alpha", ZERO).tensors();
    assertEquals(1, Methods.additive("lora").scale(Methods.read(file).get(0).structure()));
    assertTrue(file.warnings().get(0).contains("key.alpha"), file.warnings().toString());
    refused(new At(LINEAR).lora().tensors().set("lora_alpha", "0"), "lora_alpha", "no effect");
    refused(new At(LINEAR).lora().tensors().set("lora_alpha", "many"), "lora_alpha", "many");
  }

  @Test
  void anUnusualScaleIsWarnedOf() {
    SiteTensors loud = new At(LINEAR).lora().tensors().set("lora_alpha", "1e10");
    Methods.read(loud);
    assertTrue(loud.warnings().get(0).contains("5.0E9"), loud.warnings().toString());
  }

  @Test
  void differencesOfNormsHaveTwoNames() {
    assertEquals(new At(NORM).with("w_norm", 4).read(), new At(NORM).with("diff", 4).read());
    assertEquals(new At(NORM).with("b_norm", 4).read(), new At(NORM).with("diff_b", 4).read());
    new At(NORM).with("diff", 4).with("w_norm", 4).refused("key.w_norm", "key.diff");
    At lora = new At(NORM).with("lora_down.weight", 2, 4).with("lora_up.weight", 6, 2);
    lora.refused("lora", "NORM");
  }

  @Test
  void biasOfALayerWithoutBiasIsRefused() {
    new At(LINEAR).with("diff_b", 6).refused("key.diff_b", "no bias");
    new At(SQUARE).with("lora_up.bias", 4).refused("key.lora_up.bias", "lora_down.weight");
  }

  @Test
  void doraNeedsOneMethodToWrap() {
    new At(LINEAR).with("dora_scale", 6, 1).refused("key.dora_scale", "none");
    At two = new At(LINEAR).lora().with("dora_scale", 6, 1).with("diff", 6, 4);
    two.refused("key.dora_scale", "diff and lora");
    At bias = new At(SQUARE).lora().with("lora_magnitude_vector", 4).with("lora_up.bias", 4);
    bias.refused("key.lora_up.bias");
    At apart = new At(SQUARE).lora().with("dora_scale", 4, 1).with("diff_b", 4);
    assertEquals(Set.of("dora", "bias"), Set.copyOf(names(apart)));
  }

  private static List<String> names(At at) {
    return at.read().stream().map(Factors::method).toList();
  }

  @Test
  void doraAxisFollowsFromTheShape() {
    assertEquals(Shape.of(6, 1), axis(LINEAR, "dora_scale", 6, 1));
    assertEquals(Shape.of(1, 4), axis(LINEAR, "dora_scale", 1, 4));
    assertEquals(Shape.of(6, 1), axis(LINEAR, "dora_scale", 6));
    assertEquals(Shape.of(4, 1), axis(SQUARE, "dora_scale", 4));
    assertEquals(Shape.of(1, 4), axis(SQUARE, "dora_scale", 1, 4));
    assertEquals(Shape.of(1, 4, 1, 1), axis(CONV, "dora_scale", 1, 4, 1, 1));
    assertEquals(Shape.of(6, 1, 1, 1), axis(CONV, "dora_scale", 6, 1, 1, 1));
    assertEquals(Shape.of(6, 1, 1, 1), axis(CONV, "lora_magnitude_vector", 1, 6, 1, 1));
    assertEquals(Shape.of(4, 1), axis(SQUARE, "lora_magnitude_vector", 4));
    new At(LINEAR).lora().with("lora_magnitude_vector", 4).refused("[6, 1]");
    new At(LINEAR).lora().with("dora_scale", 4).refused("[6, 1] or [1, 4]");
  }

  private static Shape axis(Site site, String role, long... sizes) {
    return new At(site).lora().with(role, sizes).read().get(0).tensor(role).shape();
  }

  @Test
  void twoWeightDependentMethodsAtOnceAreRefused() {
    At both = new At(LINEAR).with("ia3_l", 6, 1).with("oft_diag", 2, 3, 3);
    both.refused("diag-oft and ia3", "first");
  }

  @Test
  void ambiguousShapesNeedTheConfiguration() {
    Site square = Site.convolution("unet.square", Shape.of(4, 4, 3, 3), 1, 1);
    At scaled = new At(square).with("ia3_l", 1, 4, 1, 1);
    scaled.refused("key.ia3_l", "feedforward");
    assertEquals(1, Methods.read(scaled.tensors().set("is_feedforward", "true")).size());
    At kronecker = new At(LINEAR).with("lokr_w1", 2, 2).with("lokr_w2", 3, 2);
    refused(kronecker.tensors().set("lora_alpha", "8"), "rank");
    At glora = new At(SQUARE).with("a1.weight", 4, 4).with("a2.weight", 4, 4);
    glora.with("b1.weight", 4, 4).with("b2.weight", 4, 4).refused("layouts");
    SiteTensors rotation = new At(LINEAR).with("oft_R.weight", 2, 1).tensors();
    assertEquals(1, Methods.read(rotation).size());
    assertTrue(rotation.warnings().get(0).contains("configuration"));
    SiteTensors single = new At(LINEAR).with("oft_R.weight", 2, 1).tensors();
    refused(single.set("num_cayley_neumann_terms", "1"), "key.oft_R.weight", "turns nothing");
  }

  @Test
  void partsWithoutTheirPartnersAreRefused() {
    new At(LINEAR).with("hada_w1_a", 6, 2).refused("hada_w1_b", "unet.linear");
    new At(LINEAR).with("lokr_w1", 2, 2).refused("key.lokr_w1", "partner");
    new At(LINEAR).with("alpha", 1).refused("key.alpha", "partner");
    new At(LINEAR).with("weight", 6).refused("key.weight", "partner");
    At cut = new At(LINEAR).with("bias_values", 1).with("bias_indices", 2, 1);
    cut.refused("bias_size");
    At unknown = new At(LINEAR).with("lokr_w1", 2, 2).with("lokr_w2", 3, 2).with("lokr_t1", 1);
    unknown.refused("key.lokr_t1", "no method");
    At over = new At(LINEAR).with("lokr_w1", 2, 2).with("lokr_w2", 3, 2).with("lokr_w2_a", 3, 1);
    over.refused("key.lokr_w2", "factors");
  }

  @Test
  void valuesThatMakeNoSenseAreRefused() {
    HostTensor bytes = HostTensor.of(DType.I8, Shape.of(6, 2), ByteBuffer.allocate(12));
    new At(LINEAR).lora().with("lora_up.weight", bytes).refused("key.lora_up.weight", "I8");
    HostTensor nan = HostTensor.of(Shape.of(6, 1), 1, 2, 3, 4, 5, Float.NaN);
    new At(LINEAR).with("ia3_l", nan).refused("key.ia3_l", "finite");
    At side = new At(LINEAR).with("weight", 6).with("on_input", HostTensor.of(Shape.of(), 2));
    side.refused("key.on_input");
    ByteBuffer longs = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    longs.putLong(5).putLong(4).rewind();
    At outside = new At(LINEAR).with("shira_weight", 1);
    outside.with("shira_indices", HostTensor.of(DType.I64, Shape.of(2, 1), longs));
    outside.refused("key.shira_indices", "row 1 has 4");
  }
}
