package dev.lora4j.core.format.kohya;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KohyaFormatTest {
  private static final String LINEAR =
      "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
  private static final String CONV = "unet.mid_block.resnets.0.conv1";
  private static final String POINT = "unet.mid_block.attentions.0.proj_in";
  private static final String TEXT = "text_encoder.text_model.encoder.layers.0.mlp.fc1";
  private static final String FLAT =
      "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q";
  private static final Family BASE =
      Family.of(
          "the base",
          new SiteCatalogue(
              List.of(
                  Site.linear(LINEAR, Shape.of(3, 2), false),
                  Site.convolution(CONV, Shape.of(4, 2, 3, 3), 1, 1),
                  Site.convolution(POINT, Shape.of(3, 2, 1, 1), 1, 0),
                  Site.linear(TEXT, Shape.of(5, 2), true))));

  @TempDir Path folder;

  private static HostTensor tensor(long... sizes) {
    Shape shape = Shape.of(sizes);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.25f * (i + 1);
    }
    return HostTensor.of(shape, values);
  }

  private LoadedAdapter read(SafetensorsWriter writer) {
    Path file = folder.resolve("a.safetensors");
    writer.write(file);
    return AdapterFiles.read(file, BASE);
  }

  private static SafetensorsWriter pair(String layer, HostTensor down, HostTensor up) {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add(layer + ".lora_down.weight", down.dtype(), down.shape(), down.bytes());
    return writer.add(layer + ".lora_up.weight", up.dtype(), up.shape(), up.bytes());
  }

  @Test
  void writtenAdapterReadsBackWithTheSameIdentity() {
    Adapter adapter =
        new Adapter(
            "mine",
            Map.of(
                LINEAR, List.of(LoraMath.factors(tensor(2, 2), tensor(3, 2), 1)),
                CONV, List.of(LoraMath.factors(tensor(4, 2, 3, 3), tensor(4, 4, 1, 1), 8)),
                TEXT, List.of(LoraMath.factors(tensor(1, 2), tensor(5, 1), 1))),
            Map.of("ss_network_dim", "2"));
    Path file = folder.resolve("b.safetensors");
    AdapterOutput.write(adapter, BASE, new KohyaWriter(), WriteOptions.EXACT, file);
    try (Safetensors opened = Safetensors.open(file)) {
      LoadedAdapter read = AdapterFiles.read(file, BASE);
      assertEquals(adapter.identity(), read.adapter().identity());
      assertEquals(adapter.sites(), read.adapter().sites());
      assertEquals("2", read.adapter().metadata().get("ss_network_dim"));
      assertEquals("mine", read.adapter().metadata().get("ss_output_name"));
      assertEquals(opened.tensors().size(), read.account().total());
      assertEquals(9, read.account().used().size());
    }
  }

  /** A plug-in's denoiser, which no family of bases describes. */
  @Test
  void denoiserOfAnotherComponentIsReadBack() {
    Family prior = Family.of("a prior", layers("prior.attend.to_q", TEXT));
    Adapter adapter =
        new Adapter(
            "mine",
            Map.of(
                "prior.attend.to_q",
                List.of(LoraMath.factors(tensor(1, 2), tensor(3, 1), 1)),
                TEXT,
                List.of(LoraMath.factors(tensor(1, 2), tensor(3, 1), 1))),
            Map.of());
    Path file = folder.resolve("b.safetensors");
    AdapterOutput.write(adapter, prior, new KohyaWriter(), WriteOptions.EXACT, file);
    try (Safetensors opened = Safetensors.open(file)) {
      assertTrue(opened.tensors().containsKey("lora_unet_attend_to_q.lora_down.weight"));
    }
    assertEquals(adapter.identity(), AdapterFiles.read(file, prior).adapter().identity());
    Family two = Family.of("two", layers("prior.attend.to_q", "decoder.attend.to_q", TEXT));
    AdapterException e =
        assertThrows(
            AdapterException.class,
            () -> AdapterOutput.write(adapter, two, new KohyaWriter(), WriteOptions.EXACT, file));
    assertTrue(e.getMessage().contains("no name for prior.attend.to_q"), e.getMessage());
  }

  private static SiteCatalogue layers(String... names) {
    return new SiteCatalogue(
        Stream.of(names).map(name -> Site.linear(name, Shape.of(3, 2), false)).toList());
  }

  /** LyCORIS copies it into a tensor of this shape. */
  @Test
  void ia3VectorsHaveTheChannelShape() {
    Adapter adapter =
        new Adapter(
            "mine",
            Map.of(
                LINEAR, List.of(vector(2, true)),
                POINT, List.of(vector(3, false)),
                CONV, List.of(vector(2, true))),
            Map.of());
    Path file = folder.resolve("b.safetensors");
    AdapterOutput.write(adapter, BASE, new KohyaWriter(), WriteOptions.EXACT, file);
    try (Safetensors opened = Safetensors.open(file)) {
      assertEquals(Shape.of(2), opened.tensors().get(FLAT + ".weight").shape());
      assertEquals(
          Shape.of(1, 3, 1, 1),
          opened.tensors().get("lora_unet_mid_block_attentions_0_proj_in.weight").shape());
      assertEquals(
          Shape.of(1, 2, 1, 1),
          opened.tensors().get("lora_unet_mid_block_resnets_0_conv1.weight").shape());
    }
    assertEquals(adapter.identity(), AdapterFiles.read(file, BASE).adapter().identity());
  }

  private static Factors vector(long channels, boolean input) {
    Map<String, String> settings = Map.of("on_input", Boolean.toString(input));
    return Factors.of("ia3", Map.of("weight", tensor(channels)), settings);
  }

  @Test
  void identityDependsOnFactorsAndScalesOnly() {
    List<Factors> factors = List.of(LoraMath.factors(tensor(2, 2), tensor(3, 2), 1));
    String identity = new Adapter("x", Map.of(LINEAR, factors), Map.of()).identity();
    assertEquals(identity, new Adapter("y", Map.of(LINEAR, factors), Map.of("a", "b")).identity());
    List<Factors> louder = List.of(LoraMath.factors(tensor(2, 2), tensor(3, 2), 2));
    assertNotEquals(identity, new Adapter("x", Map.of(LINEAR, louder), Map.of()).identity());
  }

  private static double scale(LoadedAdapter read) {
    Factors factors = read.adapter().at(LINEAR).get(0);
    return Methods.additive(factors.method()).scale(factors.structure());
  }

  @Test
  void missingAlphaMeansScaleOne() {
    LoadedAdapter read = read(pair(FLAT, tensor(2, 2), tensor(3, 2)));
    assertEquals(1, scale(read));
  }

  @Test
  void alphaMayBeAnyNumber() {
    for (DType type : List.of(DType.F16, DType.BF16, DType.I64, DType.F64)) {
      ByteBuffer four = ByteBuffer.allocate(type.bits() / 8).order(ByteOrder.LITTLE_ENDIAN);
      switch (type) {
        case F16 -> four.putShort((short) 0x4400);
        case BF16 -> four.putShort((short) 0x4080);
        case I64 -> four.putLong(4);
        default -> four.putDouble(4);
      }
      LoadedAdapter read =
          read(
              pair(FLAT, tensor(2, 2), tensor(3, 2))
                  .add(FLAT + ".alpha", type, Shape.of(), four.flip()));
      assertEquals(2, scale(read), type.toString());
    }
  }

  @Test
  void linearFactorsServePointwiseConvolutions() {
    LoadedAdapter read =
        read(pair("lora_unet_mid_block_attentions_0_proj_in", tensor(2, 2), tensor(3, 2)));
    assertEquals(
        Shape.of(2, 2, 1, 1), read.adapter().at(POINT).get(0).tensor(LoraMethod.DOWN).shape());
  }

  @Test
  void unknownKeysAreListedWithTheirReason() {
    HostTensor other = tensor(2);
    LoadedAdapter read =
        read(
            pair(FLAT, tensor(2, 2), tensor(3, 2))
                .add("something.else", other.dtype(), other.shape(), other.bytes()));
    assertEquals(Map.of("something.else", Reason.UNKNOWN), read.account().ignored());
    assertEquals(3, read.account().total());
    assertTrue(read.account().summary().contains("1 ignored"));
  }

  @Test
  void partsOfOtherMethodsAreRefusedByName() {
    HostTensor part = tensor(3, 1);
    SafetensorsWriter foreign =
        pair(FLAT, tensor(2, 2), tensor(3, 2))
            .add(FLAT + ".vera_lambda_b", part.dtype(), part.shape(), part.bytes());
    AdapterException e = assertThrows(AdapterException.class, () -> read(foreign));
    assertTrue(e.getMessage().contains(FLAT + ".vera_lambda_b"), e.getMessage());
  }

  @Test
  void halfAPairIsRefused() {
    HostTensor down = tensor(2, 2);
    SafetensorsWriter half =
        new SafetensorsWriter()
            .add(FLAT + ".lora_down.weight", down.dtype(), down.shape(), down.bytes());
    AdapterException e = assertThrows(AdapterException.class, () -> read(half));
    assertTrue(e.getMessage().contains("lacks the other half"), e.getMessage());
  }

  @Test
  void missingLayerIsRefusedWithTheNearestName() {
    SafetensorsWriter foreign = pair(FLAT.replace("to_q", "to_k"), tensor(2, 2), tensor(3, 2));
    AdapterException e = assertThrows(AdapterException.class, () -> read(foreign));
    assertTrue(e.getMessage().contains(LINEAR), e.getMessage());
  }

  @Test
  void factorsOfWrongShapeAreRefusedWithShapes() {
    SafetensorsWriter wide = pair(FLAT, tensor(2, 7), tensor(3, 2));
    AdapterException e = assertThrows(AdapterException.class, () -> read(wide));
    assertTrue(
        e.getMessage().contains("[2, 7]") && e.getMessage().contains("[3, 2]"), e.getMessage());
  }

  @Test
  void otherFilesAreRefused() {
    HostTensor weight = tensor(2, 2);
    SafetensorsWriter other =
        new SafetensorsWriter().add("model.weight", weight.dtype(), weight.shape(), weight.bytes());
    AdapterException e = assertThrows(AdapterException.class, () -> read(other));
    assertTrue(e.getMessage().contains("has no factor that the base can use"), e.getMessage());
  }
}
