package dev.lora4j.diffusion.config.aitoolkit;

/** Keys of {@code train} that do nothing here. */
final class TrainIgnored {
  static final IgnoredKeys KEYS =
      new IgnoredKeys()
          .needless(
              "attention is always computed without storing its scores",
              "xformers",
              "sdp",
              "attention_backend=native|flash")
          .needless("a network's layers all have the rate lr there", "unet_lr", "text_encoder_lr")
          .needless("there is none of it to train", "refiner_lr", "embedding_lr", "adapter_lr")
          .needless("there is no refiner", "train_refiner=true")
          .needless("previews begin before the first step", "skip_first_sample")
          .needless("previews begin before the first step", "force_first_sample")
          .needless("encoded captions are always kept on disk", "cache_text_embeddings")
          .needless("all of the adapter fits into memory", "do_paramiter_swapping")
          .needless("all of the adapter fits into memory", "paramiter_swapping_factor=0.1")
          .needless("bases of several stages are none here", "switch_boundary_every=1")
          .needless("there is no sound", "audio_loss_multiplier=1")
          .needless("validation.split in a run file keeps pictures out", "validation_config")
          .needless("losses are in the run's log", "max_loss_debug")
          .needless("do_cfg is not done", "max_cfg_scale=1", "cfg_rescale=1")
          .needless("it belongs to a key that is off", "merge_network_on_save_strength=1")
          .needless("it belongs to a key that is off", "adapter_assist_type=t2i")
          .needless("it belongs to a key that is off", "batch_noise_correction_scale=0.1")
          .needless("it belongs to a key that is off", "signal_amplification_strength=0.5")
          .needless("it belongs to a key that is off", "signal_correction_noise_scale=1")
          .needless("it belongs to a key that is off", "max_negative_prompts=1", "negative_prompt")
          .needless("it belongs to a key that is off", "inverted_mask_prior_multiplier=0.5")
          .needless("it belongs to a key that is off", "blank_prompt_preservation_multiplier=1")
          .needless("it belongs to a key that is off", "correct_pred_norm_multiplier=1")
          .needless("it belongs to a key that is off", "t0_velocity_equiv_weight")
          .needless("it belongs to a key that is off", "do_fft_velocity_equiv_weight")
          .needless("it belongs to a key that is off", "target_norm_std_value=1")
          .needless("it belongs to a key that is off", "next_sample_timesteps=8")
          .needless("it belongs to a key that is off", "latent_feature_loss_weight=1")
          .needless("it belongs to a key that is off", "diffusion_feature_extractor_weight=1")
          .needless("it belongs to a key that is off", "guidance_loss_target=3")
          .needless("it belongs to a key that is off", "guidance_loss_schedule=constant")
          .needless("it belongs to a key that is off", "do_guidance_loss_cfg_zero")
          .needless("it belongs to a key that is off", "unconditional_prompt")
          .needless("it belongs to a key that is off", "differential_guidance_scale=3")
          .needless("it belongs to a key that is off", "show_turbo_outputs")
          .missed("--resume goes on with the newest checkpoint of the run; remove it", "start_step")
          .missed(
              "captions are read, by text encoders that are let go once they are encoded; remove it",
              "unload_text_encoder")
          .missed("captions are left out whole, by caption_dropout_rate", "prompt_dropout_prob")
          .missed("say a whole prompt; remove it", "prompt_saturation_chance")
          .missed("set loss.min_snr_gamma, whose weights are at most 1", "snr_gamma")
          .missed("the weights by noise do not learn; remove it", "learnable_snr_gos")
          .missed("./lora4j bake adds the adapter to the base afterwards", "merge_network_on_save")
          .missed("set loss.noise_offset; remove it", "dynamic_noise_offset")
          .missed(
              "noise is of the variance that the base was trained with; remove it",
              "noise_multiplier=1",
              "target_noise_multiplier=1",
              "random_noise_multiplier",
              "random_noise_shift",
              "do_signal_correction_noise",
              "do_batch_noise_correction",
              "do_signal_amplification",
              "optimal_noise_pairing_samples=1",
              "force_consistent_noise",
              "blended_blur_noise",
              "match_noise_norm")
          .missed(
              "latents are as the base encodes pictures; remove it",
              "img_multiplier=1",
              "noisy_latent_multiplier=1",
              "latent_multiplier=1",
              "adaptive_scaling_factor",
              "standardize_images",
              "standardize_latents")
          .missed(
              "the loss compares predictions as they are; remove it",
              "loss_target=noise",
              "pred_scaler=1",
              "correct_pred_norm",
              "t0_loss_target",
              "do_fft_loss",
              "target_norm_std",
              "max_loss",
              "latent_feature_extractor_path",
              "diffusion_feature_extractor_path",
              "do_prior_divergence",
              "inverted_mask_prior")
          .missed(
              "pictures are learned without guidance; remove it",
              "do_cfg",
              "do_random_cfg",
              "do_guidance_loss",
              "do_differential_guidance",
              "do_blank_stabilization")
          .missed(
              "say diff_output_preservation, which keeps what the base says without the trigger",
              "blank_prompt_preservation")
          .missed("FLUX.1 is told a guidance scale; set it to false", "bypass_guidance_embedding")
          .missed("say learn = \"few_steps\" in a run file of lora4j; remove it", "train_turbo")
          .missed("weights are as they are; remove it", "weight_jitter", "free_u")
          .missed(
              "no other network takes part; remove it",
              "adapter_assist_name_or_path",
              "match_adapter_assist",
              "match_adapter_chance")
          .missed(
              "a picture has one caption in a step; remove it",
              "short_and_long_captions",
              "short_and_long_captions_encoder_split")
          .missed("say gradient_accumulation; remove it", "single_item_batching");

  private TrainIgnored() {}
}
