package dev.lora4j.diffusion.config.kohya;

import dev.lora4j.diffusion.config.SettingLayers;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Options of sd-scripts that do nothing here. Those without which the adapter is the same have a
 * note with the reason; those that would make another one are problems.
 */
final class KohyaIgnoredOptions {
  private static final Map<String, String> NEEDLESS = new LinkedHashMap<>();
  private static final Map<String, String> MISSED = new LinkedHashMap<>();

  /** Values that turn an option off, in any of the forms that files have. */
  private static final Set<String> NOTHING = Set.of("", "0", "0.0", "false", "no", "none");

  /** Options that have another value in which they do nothing there either. */
  private static final Map<String, String> USUAL =
      Map.of(
          "token_warmup_min", "1",
          "resize_interpolation", "lanczos",
          "initial_epoch", "1",
          "model_type", "flux");

  static {
    needless(
        "attention is always computed without storing its scores",
        "xformers",
        "sdpa",
        "mem_eff_attn",
        "split_attn");
    needless("latents are always kept on disk", "cache_latents", "cache_latents_to_disk");
    needless("encoded captions are always kept on disk", "cache_text_encoder_outputs_to_disk");
    needless("what is kept is always known by its contents", "skip_cache_check");
    needless(
        "nothing is loaded while it trains",
        "max_data_loader_n_workers",
        "persistent_data_loader_workers");
    needless("the size is chosen by itself", "vae_batch_size", "text_encoder_batch_size");
    needless("adapters are always written as safetensors", "save_model_as", "use_safetensors");
    needless(
        "weights are mapped, not copied", "lowram", "highvram", "disable_mmap_load_safetensors");
    needless(
        "weights of the base are mapped; weights_memory bounds what they take in memory",
        "blocks_to_swap");
    needless(
        "pictures are encoded in the type of compute, which is never f16 on a CPU", "no_half_vae");
    needless(
        "trained weights are always F32",
        "full_bf16",
        "full_fp16",
        "fp16_master_weights_and_gradients");
    needless(
        "logging.trackers says what is written",
        "log_with",
        "log_config",
        "log_prefix",
        "log_tracker_name",
        "log_tracker_config",
        "wandb_api_key",
        "wandb_run_name");
    needless("TensorBoard's files are in the run's folder", "logging_dir");
    needless("a run can always be gone on with", "save_state", "save_state_on_train_end");
    needless(
        "all adapters that are written on the way stay; save.keep counts checkpoints",
        "save_last_n_steps",
        "save_last_n_steps_state",
        "save_last_n_epochs",
        "save_last_n_epochs_state");
    needless("previews begin before the first step", "sample_at_first");
    needless("previews are made by the sampler that generate takes by itself", "sample_sampler");
    needless("all pictures that are held out are looked at", "max_validation_steps");
    needless("plan shows the data", "debug_dataset");
    needless("how it was trained is always said in its header", "no_metadata");
    needless("the kind of a base is read from it", "v2");
    needless("tokenisers come with the base", "tokenizer_cache_dir");
    needless(
        "one process trains, by programs that are compiled before",
        "torch_compile",
        "dynamo_backend",
        "fused_backward_pass",
        "cpu_offload_checkpointing",
        "deepspeed",
        "zero_stage",
        "ddp_timeout",
        "ddp_gradient_as_bucket_view",
        "ddp_static_graph");
    needless(
        "nothing is sent anywhere",
        "async_upload",
        "huggingface_repo_id",
        "huggingface_repo_type",
        "huggingface_repo_visibility",
        "huggingface_path_in_repo",
        "huggingface_token",
        "save_state_to_huggingface");
    needless(
        "it is not written into the header",
        "metadata_thumbnail",
        "metadata_merged_from",
        "metadata_preprocessor",
        "metadata_is_negative_embedding");
    needless("ranks are always those of network_weights", "dim_from_weights");
    needless(
        "text encoders and the autoencoder are those of the base's folder",
        "clip_l",
        "clip_g",
        "t5xxl",
        "ae",
        "t5xxl_device",
        "t5xxl_dtype",
        "save_clip",
        "save_t5xxl");
    needless("weights of the base are mapped", "split_mode");
    missed(
        "all tokens of the text encoders count, as in diffusers",
        "apply_t5_attn_mask",
        "apply_lg_attn_mask");
    missed(
        "captions are left out whole, by caption_dropout_rate",
        "clip_l_dropout_rate",
        "clip_g_dropout_rate",
        "t5_dropout_rate");
    missed(
        "positions are those of the picture's middle, as in diffusers",
        "pos_emb_random_crop_rate",
        "enable_scaled_pos_embed");
    missed("no other network takes part", "controlnet_model_name_or_path");
    missed("Chroma is no base here", "model_type");
    needless("what was found out about files is always kept by content", "cache_info");
    missed("faces are not looked for", "face_crop_aug_range");
    missed("captions do not grow with the steps", "token_warmup_min", "token_warmup_step");
    missed("pictures are always resized with Lanczos' window", "resize_interpolation");
    missed(
        "bake them into the base first, with the command bake",
        "base_weights",
        "base_weights_multiplier");
    missed("the autoencoder is that of the base; put it into the base's folder", "vae");
    missed(
        "--resume goes on with the newest checkpoint of the run",
        "resume",
        "resume_from_huggingface",
        "initial_epoch",
        "initial_step",
        "skip_until_initial_step");
    missed(
        "name it as metadata_file of a subset in [[data.datasets]], with its image_dir", "in_json");
    missed(
        "there is no schedule with a decay of its own length; say schedule.name", "lr_decay_steps");
    missed("words of captions all count the same", "weighted_captions");
    missed("schedule.name and schedule.settings say how the rate goes", "lr_scheduler_type");
    missed("say after how many epochs, with save_every_n_epochs", "save_n_epoch_ratio");
  }

  /** Arguments of networks there that adapters here do not have. */
  private static final Set<String> ARGUMENTS =
      Set.of(
          "use_conv_cp",
          "disable_conv_cp",
          "use_scalar",
          "train_norm",
          "bypass_mode",
          "full_matrix",
          "decompose_both",
          "rescaled",
          "constraint",
          "rank_dropout_scale",
          "unbalanced_factorization");

  private KohyaIgnoredOptions() {}

  /** True if an argument of a network that is not supported here is off. */
  static boolean argumentOff(String name, String value) {
    // Flags are true there for any value but false.
    Set<String> off = name.equals("constraint") ? NOTHING : Set.of("", "false");
    return ARGUMENTS.contains(name) && off.contains(said(value));
  }

  private static void needless(String reason, String... names) {
    Stream.of(names).forEach(name -> NEEDLESS.put(name, reason));
  }

  private static void missed(String reason, String... names) {
    Stream.of(names).forEach(name -> MISSED.put(name, reason));
  }

  /** The names of all of them. */
  static Collection<String> names() {
    return Stream.of(NEEDLESS, MISSED).flatMap(all -> all.keySet().stream()).toList();
  }

  /** Notes why an option does nothing, unless it is off; false if there is no such option. */
  static boolean told(SettingLayers layers, String name, Object value, String origin) {
    String said = said(value);
    boolean off = NOTHING.contains(said) || said.equals(USUAL.get(name));
    if (NEEDLESS.containsKey(name)) {
      if (!off) {
        layers.note(origin + ": " + name + " has no effect: " + NEEDLESS.get(name) + ".");
      }
      return true;
    }
    if (MISSED.containsKey(name)) {
      if (!off) {
        layers.problem(
            origin + ": " + name + " is not done here: " + MISSED.get(name) + ". Remove it.");
      }
      return true;
    }
    return false;
  }

  private static String said(Object value) {
    return value instanceof List<?> list && list.isEmpty()
        ? ""
        : String.valueOf(value).strip().toLowerCase(Locale.ROOT);
  }
}
