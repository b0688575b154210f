package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.AdapterMaker;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One adapter in all dialects has one identity. */
class SameAdapterTest {
  private static final String BLOCK = "mid_block.attentions.0.";
  private static final List<String> LAYERS =
      List.of("proj_in", "transformer_blocks.0.attn1.to_q", "transformer_blocks.0.attn1.to_out.0");

  @TempDir Path folder;

  private String identity(AdapterMaker maker, String family) {
    Family base = Families.named(family);
    return AdapterFiles.read(maker.write(folder.resolve("a.safetensors")), base)
        .adapter()
        .identity();
  }

  /** The layers under a name each, with the values that the canonical name gives. */
  private static AdapterMaker spelled(Map<String, String[]> keys) {
    AdapterMaker maker = new AdapterMaker();
    keys.forEach(
        (site, names) -> {
          Site at = Families.named("sd15").sites().find(site).orElseThrow();
          AdapterMaker canonical = new AdapterMaker().pair(site + "down", site + "up", at, 3);
          List<HostTensor> pair = List.copyOf(canonical.tensors().values());
          maker.add(names[0], pair.get(0)).add(names[1], pair.get(1));
        });
    return maker;
  }

  private static Map<String, String[]> keys(String down, String up, String... layers) {
    Map<String, String[]> keys = new TreeMap<>();
    for (int i = 0; i < layers.length; i++) {
      keys.put("unet." + BLOCK + LAYERS.get(i), new String[] {layers[i] + down, layers[i] + up});
    }
    return keys;
  }

  private static String[] layers(String prefix, boolean flat, String block, String... names) {
    String[] all = new String[LAYERS.size()];
    for (int i = 0; i < all.length; i++) {
      String path = block + (names.length > 0 ? names[i] : LAYERS.get(i));
      all[i] = prefix + (flat ? path.replace('.', '_') : path);
    }
    return all;
  }

  @Test
  void stableDiffusionDialectsGiveTheSameIdentity() {
    String[] kohya = {".lora_down.weight", ".lora_up.weight"};
    String[] peft = {".lora_A.weight", ".lora_B.weight"};
    String[] old = {".lora.down.weight", ".lora.up.weight"};
    List<Map<String, String[]>> all =
        List.of(
            keys(kohya[0], kohya[1], layers("lora_unet_", true, BLOCK)),
            keys(kohya[0], kohya[1], layers("lora_unet_", true, "middle_block.1.")),
            keys(kohya[0], kohya[1], layers("lycoris_", true, BLOCK)),
            keys(kohya[0], kohya[1], layers("unet.", false, "middle_block.1.")),
            keys(kohya[0], kohya[1], layers("diffusion_model.", false, "middle_block.1.")),
            keys(peft[0], peft[1], layers("unet.", false, BLOCK)),
            keys(peft[0], peft[1], layers("base_model.model.", false, BLOCK)),
            keys(peft[0], peft[1], layers("", false, BLOCK)),
            keys(peft[0], peft[1], layers("", false, "middle_block.1.")),
            keys(old[0], old[1], layers("unet.", false, BLOCK)));
    String first = identity(spelled(all.get(0)), "sd15");
    for (Map<String, String[]> keys : all) {
      assertEquals(first, identity(spelled(keys), "sd15"), keys.values().iterator().next()[0]);
    }
  }

  @Test
  void fusedAndSplitFluxLayersGiveEqualAdapters() {
    int h = 3072;
    HostTensor down = AdapterMaker.tensor("down", 2, h);
    HostTensor up = AdapterMaker.tensor("up", 3L * h, 2);
    float[] values = new float[3 * h * 2];
    double[] all = up.doubles();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) all[i];
    }
    AdapterMaker whole =
        new AdapterMaker()
            .add("lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight", down)
            .add("lora_unet_double_blocks_0_img_attn_qkv.lora_up.weight", up);
    AdapterMaker xlabs =
        new AdapterMaker()
            .add("double_blocks.0.processor.qkv_lora1.down.weight", down)
            .add("double_blocks.0.processor.qkv_lora1.up.weight", up);
    double[] shared = down.doubles();
    AdapterMaker parts = new AdapterMaker();
    AdapterMaker omi = new AdapterMaker();
    AdapterMaker diagonal = new AdapterMaker();
    float[] stackedDown = new float[6 * h];
    float[] blocks = new float[3 * h * 6];
    List<String> names = List.of("to_q", "to_k", "to_v");
    for (int part = 0; part < 3; part++) {
      float[] rows = Arrays.copyOfRange(values, part * h * 2, (part + 1) * h * 2);
      HostTensor mine = HostTensor.of(Shape.of(h, 2), rows);
      String layer = "transformer.transformer_blocks.0.attn." + names.get(part);
      parts.add(layer + ".lora_A.weight", down).add(layer + ".lora_B.weight", mine);
      String divided = "transformer.double_blocks.0.img_attn.qkv." + part;
      omi.add(divided + ".lora_down.weight", down).add(divided + ".lora_up.weight", mine);
      for (int i = 0; i < 2 * h; i++) {
        stackedDown[part * 2 * h + i] = (float) shared[i];
      }
      for (int row = 0; row < h; row++) {
        for (int r = 0; r < 2; r++) {
          blocks[(part * h + row) * 6 + part * 2 + r] = rows[row * 2 + r];
        }
      }
    }
    String qkv = "diffusion_model.double_blocks.0.img_attn.qkv";
    diagonal
        .add(qkv + ".lora_A.weight", HostTensor.of(Shape.of(6, h), stackedDown))
        .add(qkv + ".lora_B.weight", HostTensor.of(Shape.of(3L * h, 6), blocks))
        .number(qkv + ".alpha", 6)
        .say("ss_network_args", "{\"split_qkv\": \"True\"}");
    String identity = identity(parts, "flux");
    assertEquals(identity, identity(whole, "flux"));
    assertEquals(identity, identity(xlabs, "flux"));
    assertEquals(identity, identity(omi, "flux"));
    assertEquals(identity, identity(diagonal, "flux"));
    Path file = diagonal.write(folder.resolve("c.safetensors"));
    String warnings = AdapterFiles.read(file).warnings().toString();
    assertTrue(warnings.contains("trained with split_qkv"), warnings);
  }

  @Test
  void convertedKeysAreAccountedAsConverted() {
    AdapterMaker maker =
        new AdapterMaker()
            .add("lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight", 2, 3072)
            .add("lora_unet_double_blocks_0_img_attn_qkv.lora_up.weight", 9216, 2)
            .add("lora_unet_double_blocks_0_img_attn_proj.lora_down.weight", 2, 3072)
            .add("lora_unet_double_blocks_0_img_attn_proj.lora_up.weight", 3072, 2);
    LoadedAdapter read = AdapterFiles.read(maker.write(folder.resolve("b.safetensors")));
    assertEquals(2, read.account().converted().size());
    assertEquals(2, read.account().used().size());
    assertEquals(4, read.adapter().sites().size());
  }
}
