package dev.lora4j.core.format.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters of language models, with the model's file for a base and without. */
class LanguageModelTest {
  private static final String PEFT = "base_model.model.";
  private static final String Q = "layers.0.self_attn.q_proj";

  @TempDir Path folder;

  @BeforeEach
  void configuration() throws IOException {
    Files.writeString(
        folder.resolve("adapter_config.json"),
        "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"fan_in_fan_out\": true}");
  }

  private Family base(AdapterMaker tensors) {
    try (BaseCheckpoint opened =
        BaseCheckpoint.open(tensors.write(folder.resolve("model.safetensors")))) {
      return opened.base();
    }
  }

  private void adapter(String layer, long out, long in) {
    new AdapterMaker()
        .peft(PEFT + layer, Site.linear(layer, Shape.of(out, in), false), 2)
        .write(folder.resolve("adapter_model.safetensors"));
  }

  private static AdapterMaker llama(String prefix) {
    return new AdapterMaker()
        .add(prefix + "embed_tokens.weight", 32, 8)
        .add(prefix + "layers.0.self_attn.q_proj.weight", 8, 8)
        .add(prefix + "layers.0.mlp.up_proj.weight", 16, 8)
        .add(prefix + "layers.1.self_attn.q_proj.weight", 8, 8);
  }

  @Test
  void theModulesAroundAModelDoNotMatter() {
    adapter("model." + Q, 8, 8);
    LoadedAdapter same = AdapterFiles.read(folder, base(llama("model.")));
    assertEquals("model." + Q, same.adapter().sites().firstKey());
    LoadedAdapter inner = AdapterFiles.read(folder, base(llama("")));
    assertEquals(Q, inner.adapter().sites().firstKey());
    adapter(Q, 8, 8);
    LoadedAdapter outer = AdapterFiles.read(folder, base(llama("model.")));
    assertEquals("model." + Q, outer.adapter().sites().firstKey());
  }

  @Test
  void transposedGpt2LayersTakeTheSameFactors() {
    AdapterMaker gpt2 =
        new AdapterMaker()
            .add("wte.weight", 32, 8)
            .add("h.0.attn.c_attn.weight", 8, 24)
            .add("h.0.attn.c_attn.bias", 24);
    adapter("transformer.h.0.attn.c_attn", 24, 8);
    LoadedAdapter read = AdapterFiles.read(folder, base(gpt2));
    assertEquals("transformer.h.0.attn.c_attn", read.adapter().sites().firstKey());
    assertEquals(1, read.adapter().sites().size());
  }

  @Test
  void aLayerThatTheModelLacksIsRefused() {
    adapter("model.layers.7.self_attn.q_proj", 8, 8);
    Family base = base(llama("model."));
    AdapterException e =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(folder, base));
    assertTrue(String.valueOf(e.getMessage()).contains("layers.7.self_attn.q_proj"));
    assertTrue(String.valueOf(e.getMessage()).contains("Nearest: model.layers."), e.getMessage());
  }

  @Test
  void layersAreInferredWithoutTheModel() {
    adapter("model." + Q, 8, 4);
    LoadedAdapter read = AdapterFiles.read(folder);
    assertEquals("", read.family().name());
    assertEquals(Shape.of(8, 4), read.family().sites().all().iterator().next().weight());
    assertEquals("4.0", read.adapter().at("model." + Q).get(0).settings().get("alpha"));
  }
}
