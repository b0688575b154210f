package dev.lora4j.server.a1111;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.lora4j.server.http.HttpProblem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestFieldsTest {
  /** The fields of A1111 and Forge with their usual values, as their sources have them. */
  private static final String COMMON =
      """
      {"prompt":"","negative_prompt":"","styles":null,"seed":-1,"subseed":-1,"subseed_strength":0,
      "seed_resize_from_h":-1,"seed_resize_from_w":-1,"sampler_name":null,"scheduler":null,
      "batch_size":1,"n_iter":1,"steps":50,"cfg_scale":7.0,"width":512,"height":512,
      "restore_faces":null,"tiling":null,"eta":null,"denoising_strength":0.75,"s_min_uncond":null,
      "s_churn":null,"s_tmax":null,"s_tmin":null,"s_noise":null,"override_settings":{},
      "override_settings_restore_afterwards":true,"refiner_checkpoint":null,
      "refiner_switch_at":null,"disable_extra_networks":false,"sampler_index":"Euler",
      "script_name":null,"script_args":[],"send_images":true,"save_images":false,
      "alwayson_scripts":{},"force_task_id":null,"infotext":null,"distilled_cfg_scale":3.5}""";

  private static final String TEXT =
      """
      {"enable_hr":false,"firstphase_width":0,"firstphase_height":0,"hr_scale":2.0,
      "hr_upscaler":null,"hr_second_pass_steps":0,"hr_resize_x":0,"hr_resize_y":0,
      "hr_checkpoint_name":null,"hr_sampler_name":null,"hr_scheduler":null,"hr_prompt":"",
      "hr_negative_prompt":"","hr_cfg":1.0,"hr_distilled_cfg":3.5,"hr_additional_modules":null}""";

  private static final String IMAGE =
      """
      {"init_images":null,"resize_mode":0,"image_cfg_scale":null,"mask":null,"mask_blur":null,
      "mask_blur_x":4,"mask_blur_y":4,"mask_round":true,"inpainting_fill":0,
      "inpaint_full_res":true,"inpaint_full_res_padding":0,"inpainting_mask_invert":0,
      "initial_noise_multiplier":null,"include_init_images":false}""";

  private static void requireAll(List<RequestField> fields, String... known) {
    JsonObject empty = RequestFields.complete(fields, new JsonObject());
    for (String json : known) {
      for (Map.Entry<String, JsonElement> entry :
          JsonParser.parseString(json).getAsJsonObject().entrySet()) {
        assertTrue(empty.has(entry.getKey()), entry.getKey() + " is missing in the table");
        assertEquals(entry.getValue(), empty.get(entry.getKey()), entry.getKey());
      }
    }
  }

  @Test
  void tableHasEveryFieldOfTheProtocol() {
    requireAll(RequestFields.text(), COMMON, TEXT);
    requireAll(RequestFields.image(), COMMON, IMAGE);
  }

  @Test
  void fieldsStandInTheTableOnce() {
    for (List<RequestField> fields : List.of(RequestFields.text(), RequestFields.image())) {
      long names = fields.stream().map(RequestField::name).distinct().count();
      assertEquals(fields.size(), names);
    }
  }

  @Test
  void usualValuesAreRefusedByNothing() {
    for (List<RequestField> fields : List.of(RequestFields.text(), RequestFields.image())) {
      JsonObject usual = RequestFields.complete(fields, new JsonObject());
      assertDoesNotThrow(() -> RequestFields.require(fields, usual));
    }
  }

  @Test
  void refusedFieldsAreNamedWithTheirReason() {
    for (RequestField field : RequestFields.image()) {
      boolean refused = field.use() == RequestField.Use.REFUSED;
      assertEquals(refused, !field.why().isEmpty(), field.name());
      if (refused) {
        HttpProblem problem =
            assertThrows(HttpProblem.class, () -> field.require(new JsonPrimitive(7)));
        assertEquals(422, problem.status());
        assertTrue(problem.message().startsWith(field.name() + " is not"), problem.message());
        field.harmless().forEach(value -> assertDoesNotThrow(() -> field.require(value)));
      } else {
        assertDoesNotThrow(() -> field.require(new JsonPrimitive(7)));
        assertFalse(field.name().isEmpty());
      }
    }
  }
}
