package dev.lora4j.server.a1111;

import static dev.lora4j.server.a1111.RequestField.honoured;
import static dev.lora4j.server.a1111.RequestField.ignored;
import static dev.lora4j.server.a1111.RequestField.refused;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.server.http.HttpProblem;
import java.util.List;
import java.util.stream.Stream;

/** All fields of A1111's requests for pictures, with their usual values and what is done here. */
final class RequestFields {
  private static final String NULL = "null";
  private static final String EMPTY = "\"\"";

  private static final List<RequestField> COMMON =
      List.of(
          honoured("prompt", EMPTY),
          honoured("negative_prompt", EMPTY),
          refused("styles", NULL, "this server has no styles"),
          honoured("seed", "-1"),
          ignored("subseed", "-1"),
          refused("subseed_strength", "0", "noises of two seeds are not blended"),
          refused("seed_resize_from_h", "-1", "noise is not resized", "0"),
          refused("seed_resize_from_w", "-1", "noise is not resized", "0"),
          honoured("sampler_name", NULL),
          honoured("sampler_index", "\"Euler\""),
          honoured("scheduler", NULL),
          honoured("batch_size", "1"),
          honoured("n_iter", "1"),
          honoured("steps", "50"),
          honoured("cfg_scale", "7.0"),
          ignored("distilled_cfg_scale", "3.5"),
          honoured("width", "512"),
          honoured("height", "512"),
          refused("restore_faces", NULL, "there is no model that restores faces", "false"),
          refused("tiling", NULL, "pictures that repeat without seams are not made", "false"),
          refused("save_images", "false", "pictures are answered and not kept"),
          ignored("do_not_save_samples", "false"),
          ignored("do_not_save_grid", "false"),
          honoured("eta", NULL),
          refused("s_min_uncond", NULL, "every step uses the negative prompt", "0"),
          refused("s_churn", NULL, "the samplers here add no noise of this kind", "0"),
          ignored("s_tmin", NULL),
          ignored("s_tmax", NULL),
          refused("s_noise", NULL, "the samplers here add noise at strength 1", "1"),
          honoured("override_settings", "{}"),
          honoured("override_settings_restore_afterwards", "true"),
          refused("refiner_checkpoint", NULL, "a picture is made by one base", EMPTY, "\"None\""),
          ignored("refiner_switch_at", NULL),
          honoured("disable_extra_networks", "false"),
          honoured("script_name", NULL),
          ignored("script_args", "[]"),
          honoured("alwayson_scripts", "{}"),
          honoured("send_images", "true"),
          honoured("force_task_id", NULL),
          refused("infotext", NULL, "fields are not read out of an infotext", EMPTY));

  private static final List<RequestField> TEXT =
      List.of(
          refused("enable_hr", "false", "pictures are not made larger in a second pass"),
          ignored("denoising_strength", "0.75"),
          ignored("firstphase_width", "0"),
          ignored("firstphase_height", "0"),
          ignored("hr_scale", "2.0"),
          ignored("hr_upscaler", NULL),
          ignored("hr_second_pass_steps", "0"),
          ignored("hr_resize_x", "0"),
          ignored("hr_resize_y", "0"),
          ignored("hr_checkpoint_name", NULL),
          ignored("hr_additional_modules", NULL),
          ignored("hr_sampler_name", NULL),
          ignored("hr_scheduler", NULL),
          ignored("hr_prompt", EMPTY),
          ignored("hr_negative_prompt", EMPTY),
          ignored("hr_cfg", "1.0"),
          ignored("hr_distilled_cfg", "3.5"));

  private static final List<RequestField> IMAGE =
      List.of(
          honoured("init_images", NULL),
          honoured("resize_mode", "0"),
          honoured("denoising_strength", "0.75"),
          ignored("image_cfg_scale", NULL),
          honoured("mask", NULL),
          honoured("mask_blur", NULL),
          honoured("mask_blur_x", "4"),
          honoured("mask_blur_y", "4"),
          refused("mask_round", "true", "a place is within the mask or not"),
          honoured("inpainting_fill", "0"),
          honoured("inpaint_full_res", "true"),
          honoured("inpaint_full_res_padding", "0"),
          honoured("inpainting_mask_invert", "0"),
          refused("initial_noise_multiplier", NULL, "noise is added at strength 1", "1"),
          honoured("include_init_images", "false"));

  private RequestFields() {}

  /** The fields of {@code txt2img}. */
  static List<RequestField> text() {
    return Stream.concat(COMMON.stream(), TEXT.stream()).toList();
  }

  /** The fields of {@code img2img}. */
  static List<RequestField> image() {
    return Stream.concat(COMMON.stream(), IMAGE.stream()).toList();
  }

  /**
   * Refuses the fields that ask for what cannot be done.
   *
   * @throws HttpProblem 422 naming the first of them
   */
  static void require(List<RequestField> fields, JsonObject sent) {
    for (RequestField field : fields) {
      JsonElement value = sent.get(field.name());
      field.require(value == null ? JsonNull.INSTANCE : value);
    }
  }

  /** A request with the usual values of all fields that it leaves out. */
  static JsonObject complete(List<RequestField> fields, JsonObject sent) {
    JsonObject all = new JsonObject();
    fields.forEach(field -> all.add(field.name(), field.usual()));
    sent.entrySet().forEach(entry -> all.add(entry.getKey(), entry.getValue()));
    return all;
  }
}
