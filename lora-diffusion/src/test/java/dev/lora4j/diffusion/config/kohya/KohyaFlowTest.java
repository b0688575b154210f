package dev.lora4j.diffusion.config.kohya;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.diffusion.config.ResolvedRun;
import dev.lora4j.diffusion.config.RunFile;
import dev.lora4j.diffusion.config.RunProblems;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.config.SettingLayers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files as they are written for sd-scripts' trainers of FLUX.1 and Stable Diffusion 3. */
class KohyaFlowTest {
  private static final String FLUX = "network_module = 'networks.lora_flux'\n";
  private static final String SD3 = "network_module = 'networks.lora_sd3'\n";

  @TempDir Path folder;

  private SettingLayers read(String text) throws Exception {
    Path file = folder.resolve("run.toml");
    Files.writeString(file, "output_name = 'mine'\n" + text);
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    RunFile.read(file, layers);
    return layers;
  }

  /** Effects of the options of both trainers: a key that each sets, none, or why it is refused. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FLUX|timestep_sampling = 'uniform'|loss.timestep_sampling|\"uniform\"",
        "FLUX|timestep_sampling = 'sigmoid'|loss.timestep_sampling|\"sigmoid\"",
        "FLUX|timestep_sampling = 'shift'|loss.discrete_flow_shift|3",
        "FLUX|timestep_sampling = 'flux_shift'|loss.timestep_sampling|\"flux_shift\"",
        "FLUX|timestep_sampling = 'sigma'|loss.training_shift|3",
        "FLUX|timestep_sampling = 'sigma'|loss.timestep_sampling|\"uniform\"",
        "FLUX|timestep_sampling = 'cosine'|refused|loss.timestep_sampling takes",
        "FLUX|sigmoid_scale = 0.5|loss.sigmoid_scale|0.5",
        "FLUX|discrete_flow_shift = 2|loss.training_shift|2",
        "FLUX|discrete_flow_shift = 2|loss.discrete_flow_shift|",
        "FLUX|timestep_sampling = 'shift', discrete_flow_shift = 3.1582|loss.discrete_flow_shift|3.1582",
        "FLUX|weighting_scheme = 'logit_normal'|loss.timestep_sampling|\"logit_normal\"",
        "FLUX|weighting_scheme = 'mode', mode_scale = 0.5|loss.mode_scale|0.5",
        "FLUX|weighting_scheme = 'logit_normal', logit_mean = 0.5|loss.logit_mean|-0.5",
        "FLUX|weighting_scheme = 'logit_normal', logit_std = 2|loss.logit_std|2",
        "FLUX|weighting_scheme = 'uniform'|loss.weighting|\"sigma_squared\"",
        "FLUX|weighting_scheme = 'sigma_sqrt'|loss.weighting|\"none\"",
        "FLUX|weighting_scheme = 'cosmap'|refused|cosmap is not done beside sigma_scaled",
        "FLUX|weighting_scheme = 'cosmap', model_prediction_type = 'raw'|note|cosmap has no effect",
        "FLUX|weighting_scheme = 'mode', timestep_sampling = 'shift'|note|mode has no effect with",
        "FLUX|model_prediction_type = 'raw'|loss.weighting|\"none\"",
        "FLUX|model_prediction_type = 'sigma_scaled'|loss.weighting|\"sigma_squared\"",
        "FLUX|model_prediction_type = 'sigma_scaled', loss_type = 'huber'|refused|loss_type l2 alone",
        "FLUX|model_prediction_type = 'additive'|refused|model_prediction_type additive is not done",
        "FLUX|guidance_scale = 1.0|loss.guidance_scale|1",
        "FLUX|t5xxl_max_token_length = 512|note|queries, keys and values",
        "FLUX|t5xxl_max_token_length = 256|refused|t5xxl_max_token_length 256 is not done",
        "SD3|t5xxl_max_token_length = 256|note|queries, keys and values",
        "FLUX|apply_t5_attn_mask = true|refused|apply_t5_attn_mask is not done here",
        "FLUX|apply_t5_attn_mask = false|note|queries, keys and values",
        "SD3|apply_lg_attn_mask = true|refused|apply_lg_attn_mask is not done here",
        "SD3|clip_l_dropout_rate = 0.1|refused|clip_l_dropout_rate is not done here",
        "SD3|clip_g_dropout_rate = 0.1|refused|clip_g_dropout_rate is not done here",
        "SD3|t5_dropout_rate = 0.1|refused|t5_dropout_rate is not done here",
        "SD3|pos_emb_random_crop_rate = 0.1|refused|pos_emb_random_crop_rate is not done here",
        "SD3|enable_scaled_pos_embed = true|refused|enable_scaled_pos_embed is not done here",
        "SD3|training_shift = 2|loss.training_shift|2",
        "SD3|weighting_scheme = 'logit_normal', logit_mean = 0.5|loss.logit_mean|0.5",
        "SD3|weighting_scheme = 'logit_normal'|loss.weighting|\"sigma_squared\"",
        "SD3|weighting_scheme = 'sigma_sqrt'|loss.weighting|\"none\"",
        "SD3|blocks_to_swap = 0|loss.weighting|\"sigma_squared\"",
        "FLUX|clip_l = 'clip_l.safetensors'|note|clip_l has no effect",
        "SD3|clip_g = 'clip_g.safetensors'|note|clip_g has no effect",
        "FLUX|t5xxl = 't5xxl_fp16.safetensors'|note|t5xxl has no effect",
        "FLUX|ae = 'ae.safetensors'|note|ae has no effect",
        "SD3|t5xxl_device = 'cpu'|note|t5xxl_device has no effect",
        "SD3|t5xxl_dtype = 'fp16'|note|t5xxl_dtype has no effect",
        "SD3|save_clip = true|note|save_clip has no effect",
        "SD3|save_t5xxl = true|note|save_t5xxl has no effect",
        "FLUX|split_mode = true|note|split_mode has no effect",
        "FLUX|blocks_to_swap = 18|note|blocks_to_swap has no effect",
        "FLUX|cpu_offload_checkpointing = true|note|cpu_offload_checkpointing has no effect",
        "FLUX|fp8_base = true|base_precision|\"fp8\"",
        "FLUX|fp8_base_unet = true|base_precision|\"fp8\"",
        "FLUX|model_type = 'flux'|note|queries, keys and values",
        "FLUX|model_type = 'chroma'|refused|Chroma is no base here",
        "FLUX|controlnet_model_name_or_path = 'c'|refused|no other network takes part",
        "FLUX|cache_text_encoder_outputs = true|adapter.text_encoder|true",
        "FLUX|cache_text_encoder_outputs = true, network_train_unet_only = true|adapter.text_encoder|false",
        "FLUX|max_token_length = 225|note|max_token_length has no effect",
        "FLUX|pretrained_model_name_or_path = 'flux1-dev.safetensors'|refused|set base to the folder",
        "FLUX|network_args = ['ggpo_sigma=0.1']|refused|ggpo_sigma is not done here",
        "FLUX|network_args = ['ggpo_beta=0.1']|refused|ggpo_beta is not done here",
        "FLUX|network_args = ['network_reg_dims=a=4']|refused|set adapter.rank_pattern",
        "FLUX|network_args = ['network_reg_lrs=a=4']|refused|network_reg_lrs is not done here",
        "FLUX|network_args = ['loraplus_lr_ratio=4']|optimizer.loraplus_lr_ratio|4",
        "FLUX|network_args = ['loraplus_unet_lr_ratio=4']|refused|set loraplus_lr_ratio",
        "FLUX|network_args = ['loraplus_text_encoder_lr_ratio=4']|refused|set loraplus_lr_ratio",
        "FLUX|network_args = ['rank_dropout=0.1']|adapter.rank_dropout|0.1",
        "FLUX|network_args = ['module_dropout=0.1']|adapter.module_dropout|0.1",
        "FLUX|network_args = ['verbose=True']|note|verbose has no effect",
        "FLUX|network_args = ['train_t5xxl=True']|adapter.exclude|",
        "FLUX|network_args = ['train_t5xxl=False']|adapter.exclude|[\"text_encoder_2.*\"]",
        "SD3|network_args = ['train_t5xxl=False']|adapter.exclude|[\"text_encoder_3.*\"]",
        "FLUX|network_args = ['train_blocks=triple']|refused|train_blocks takes all, double or single",
        "FLUX|network_args = ['train_double_block_indices=a']|refused|takes numbers of blocks",
        "FLUX|network_args = ['in_dims=1,2']|refused|in_dims has 5 ranks, found 2",
        "FLUX|network_args = ['img_attn_dim=x']|refused|img_attn_dim takes a rank",
        "FLUX|network_args = ['x_attn_dim=4']|refused|x_attn_dim is no argument of networks.lora_flux",
        "SD3|network_args = ['single_dim=4']|refused|single_dim is no argument of networks.lora_sd3",
      })
  void everyOptionIsHonouredToldOrRefused(String trainer, String lines, String key, String told)
      throws Exception {
    String module = trainer.equals("FLUX") ? FLUX : SD3;
    SettingLayers layers = read(module + lines.replaceAll(", (?=[a-z_]+ = )", "\n"));
    if (key.equals("refused")) {
      RunProblems e = assertThrows(RunProblems.class, layers::values);
      assertTrue(String.valueOf(e.getMessage()).contains(told), e.getMessage());
      return;
    }
    Map<String, String> values = ResolvedRun.texts(layers.values());
    if (key.equals("note")) {
      assertTrue(layers.notes().toString().contains(told), layers.notes().toString());
    } else if (!key.equals("adapter.exclude") || told != null) {
      assertEquals(told, values.get(key));
    } else {
      assertEquals("[]", values.get(key));
    }
  }

  @Test
  void argumentsOfTransformersNeedTheirModule() throws Exception {
    SettingLayers layers =
        read("network_module = 'networks.lora'\nnetwork_args = ['train_blocks=single']\n");
    RunProblems e = assertThrows(RunProblems.class, layers::values);
    assertTrue(String.valueOf(e.getMessage()).contains("train_blocks are for networks.lora_flux"));
  }

  @Test
  void presetTakesTheDefaultsAway() throws Exception {
    Map<String, String> values = ResolvedRun.texts(read("preset = 'quick'\n" + FLUX).values());
    assertEquals("\"none\"", values.get("loss.weighting"));
    assertEquals("1", values.get("loss.training_shift"));
  }

  /** The numbers of layers that the scripts train, with queries, keys and values apart. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "flux|FLUX||494",
        "flux|FLUX|train_blocks=single|228",
        "flux|FLUX|train_blocks=double|266",
        "flux|FLUX|train_double_block_indices=0-1,5 train_single_block_indices=none|42",
        "flux|FLUX|img_mod_dim=0 txt_mod_dim=0 single_mod_dim=0|418",
        "flux|FLUX|in_dims=4,0,0,0,4|496",
        "sd35m|SD3|train_block_indices=23|11",
      })
  void layersAreThoseOfTheScripts(String family, String trainer, String arguments, int layers)
      throws Exception {
    String module = trainer.equals("FLUX") ? FLUX : SD3;
    String args = "network_args = '" + (arguments == null ? "" : arguments) + "'\n";
    assertEquals(layers, plan(module + args, family).sites().size());
  }

  private AdapterPlan plan(String text, String family) throws Exception {
    SettingLayers layers = read(text + "network_train_unet_only = true\n");
    return RunSettings.of(layers.values())
        .style()
        .recipe()
        .plan(Families.named(family).sites().all());
  }

  @Test
  void kindsOfLayersHaveTheirRanksAndTheAlphaOfAll() throws Exception {
    String args =
        "network_args = ['img_attn_dim=8', 'txt_mlp_dim=2', 'single_dim=6', 'in_dims=[3,0,0,0,0]']\n";
    Map<Site, SiteRecipe> sites = plan(FLUX + "network_alpha = 2\n" + args, "flux").sites();
    Map<String, Integer> ranks =
        Map.of(
            "transformer_blocks.3.attn.to_q", 8,
            "transformer_blocks.3.attn.to_out.0", 8,
            "transformer_blocks.3.attn.add_q_proj", 4,
            "transformer_blocks.3.ff_context.net.2", 2,
            "single_transformer_blocks.7.proj_mlp", 6,
            "single_transformer_blocks.7.norm.linear", 4,
            "x_embedder", 3);
    ranks.forEach(
        (layer, rank) -> {
          SiteRecipe recipe =
              sites.entrySet().stream()
                  .filter(e -> e.getKey().name().equals("transformer." + layer))
                  .findFirst()
                  .orElseThrow()
                  .getValue();
          assertEquals(rank.intValue(), recipe.rank(), layer);
          assertEquals(2, recipe.alpha(), layer);
        });
  }

  @Test
  void defaultsOfFluxAreTold() throws Exception {
    SettingLayers layers = read(FLUX);
    layers.values();
    String notes = layers.notes().toString();
    for (String part :
        List.of(
            "loss.timestep_sampling = \"uniform\"",
            "loss.training_shift = 3",
            "loss.weighting = \"sigma_squared\"")) {
      assertTrue(notes.contains(part), notes);
    }
  }
}
