package dev.lora4j.diffusion.config.aitoolkit;

/** Keys of {@code datasets} that do nothing here. */
final class DatasetIgnored {
  static final IgnoredKeys KEYS =
      new IgnoredKeys()
          .needless("pictures and captions are read", "type=image|sd")
          .needless("latents are always kept on disk", "cache_latents=true")
          .needless("latents are always kept on disk", "cache_latents_to_disk=true")
          .needless("latents are always kept on disk", "cache_tensors_to_disk")
          .needless("encoded captions are always kept on disk", "cache_text_embeddings=true")
          .needless("nothing is loaded while it trains", "num_workers=2", "prefetch_factor=2")
          .needless("nothing is loaded while it trains", "cache_latents_num_workers")
          .needless("nothing is loaded while it trains", "load_image_when_caching_latents")
          .needless("sizes are read from the pictures", "fast_image_size")
          .needless("plan shows the data", "debug")
          .needless("train.diff_output_preservation says it", "diff_output_preservation")
          .needless("train.diff_output_preservation says it", "diff_output_preservation_class")
          .needless("no other picture is looked at", "control_transparent_color")
          .needless("no other picture is looked at", "control_from_same_folder")
          .needless("no other picture is looked at", "num_controls_from_same_folder=1")
          .needless("no other picture is looked at", "replay_transforms=true", "guidance_type")
          .needless("no other picture is looked at", "clip_image_augmentations")
          .needless("no other picture is looked at", "clip_image_shuffle_augmentations")
          .needless("no other picture is looked at", "clip_image_from_same_folder")
          .needless("no other picture is looked at", "cache_clip_vision_to_disk")
          .needless("there are no augmentations", "shuffle_augmentations")
          .needless("there are no random triggers", "random_triggers_max=1")
          .needless("pictures are no films", "shrink_video_to_frames=true", "fps=24|16|1")
          .needless("pictures are no films", "auto_frame_count")
          .needless("pictures are no films", "trim_auto_frame_count_tail=true", "do_i2v")
          .needless("pictures have no sound", "do_audio=true", "audio_normalize")
          .needless("pictures have no sound", "audio_preserve_pitch")
          .missed("films are not learned; remove it", "num_frames=1")
          .missed("put words behind captions yourself; remove it", "random_triggers")
          .missed("change the captions themselves; remove it", "replacements")
          .missed("captions are those of caption_ext; remove it", "use_short_captions")
          .missed(
              "pictures have the size of their resolution; remove it", "random_scale", "scale=1")
          .missed("flip the pictures yourself; remove it", "flip_y")
          .missed("pictures are learned as they are; remove it", "augments", "augmentations")
          .missed("pictures are learned as they are; remove it", "standardize_images")
          .missed("an adapter is trained at full strength; remove it", "network_weight=1")
          .missed("num_repeats says how often a picture counts; remove it", "loss_multiplier=1")
          .missed("say is_reg, with pictures of the class; remove it", "prior_reg")
          .missed(
              "no other picture is looked at; remove it",
              "controls",
              "inpaint_path",
              "unconditional_path",
              "clip_image_path",
              "extra_values")
          .missed("ai-toolkit itself refuses it; remove it", "poi");

  private DatasetIgnored() {}
}
