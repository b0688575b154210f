package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.AdapterMaker;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of T-LoRA, as LyCORIS writes them: read by their roles, or refused. */
class TloraReadingTest {
  private static final String LAYER =
      "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
  private static final String FLAT = "lora_unet_" + LAYER.substring(5).replace('.', '_');

  @TempDir Path folder;

  private LoadedAdapter read(AdapterMaker maker) {
    return AdapterFiles.read(maker.write(folder.resolve("a.safetensors")), Families.named("sd15"));
  }

  private String refused(AdapterMaker maker) {
    AdapterException e = assertThrows(AdapterException.class, () -> read(maker));
    return String.valueOf(e.getMessage());
  }

  private static AdapterMaker whole() {
    return new AdapterMaker()
        .add(FLAT + ".q_layer.weight", 4, 320)
        .add(FLAT + ".p_layer.weight", 320, 4)
        .add(FLAT + ".lambda_layer", 1, 4)
        .number(FLAT + ".alpha", 2);
  }

  @Test
  void fileIsReadByItsRoles() {
    LoadedAdapter read = read(whole());
    Factors factors = read.adapter().at(LAYER).get(0);
    assertEquals("tlora", factors.method());
    assertEquals("2.0", factors.settings().get("alpha"));
    assertEquals(Map.of(), read.account().ignored());
  }

  @Test
  void fileThatLacksATensorOrFitsNoLayerIsRefused() {
    AdapterMaker half =
        new AdapterMaker().add(FLAT + ".q_layer.weight", 4, 320).add(FLAT + ".lambda_layer", 1, 4);
    assertTrue(refused(half).contains("p_layer.weight"));
    AdapterMaker sizes = whole().add(FLAT + ".lambda_layer", 1, 5);
    assertTrue(refused(sizes).contains("lambda_layer"));
    String kernel = "lora_unet_down_blocks_0_resnets_0_conv1";
    AdapterMaker points =
        new AdapterMaker()
            .add(kernel + ".q_layer.weight", 4, 320, 1, 1)
            .add(kernel + ".p_layer.weight", 320, 4, 1, 1)
            .add(kernel + ".lambda_layer", 1, 4);
    assertTrue(refused(points).contains("no kernels of more than one point"));
  }

  /** LyCORIS takes the greatest directions away from all files. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"algo\": \"tlora\", \"sig_type\": \"last\"}",
        "{\"algo\": \"tlora\", \"use_data_init\": \"False\"}"
      })
  void fileOfOtherDirectionsIsRefused(String arguments) {
    AdapterMaker maker = whole().say("ss_network_args", arguments);
    String text = refused(maker);
    assertTrue(text.contains("The file does not hold them"), text);
  }
}
