package dev.lora4j.server.lorax;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.lorax.Parameter.Treatment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ParameterTest {
  /** All fields of {@code parameters} in LoRAX's router. */
  private static final String LORAX =
      "adapter_id adapter_source merged_adapters api_token best_of top_k return_k_alternatives"
          + " max_new_tokens truncate seed temperature repetition_penalty frequency_penalty"
          + " presence_penalty top_p typical_p do_sample ignore_eos_token watermark details"
          + " decoder_input_details apply_chat_template return_full_text stop response_format";

  private static final List<String> REFUSED =
      List.of(
          "{'typical_p':0.9}",
          "{'watermark':true}",
          "{'ignore_eos_token':true}",
          "{'decoder_input_details':true}",
          "{'apply_chat_template':true}",
          "{'frequency_penalty':0.1}",
          "{'presence_penalty':-0.1}",
          "{'response_format':{'type':'json_schema'}}",
          "{'watermark':1}");

  private static JsonFields fields(String text) {
    return JsonFields.parse(text.replace('\'', '"'));
  }

  @Test
  void tableHasEveryFieldOfLorax() {
    assertEquals(
        Set.of(LORAX.split(" ")),
        Arrays.stream(Parameter.values()).map(Parameter::field).collect(Collectors.toSet()));
  }

  @Test
  void refusedValuesNameTheirField() {
    for (String text : REFUSED) {
      JsonFields fields = fields(text);
      String field = fields.object().keySet().iterator().next();
      FieldException e = assertThrows(FieldException.class, () -> Parameter.require(fields), text);
      assertEquals(field, e.field());
      assertTrue(String.valueOf(e.getMessage()).startsWith(field + " must be"), e.getMessage());
    }
    assertEquals(
        Arrays.stream(Parameter.values())
            .filter(one -> one.treatment() == Treatment.REFUSED)
            .map(Parameter::field)
            .collect(Collectors.toSet()),
        REFUSED.stream()
            .map(text -> fields(text).object().keySet().iterator().next())
            .collect(Collectors.toSet()));
  }

  @Test
  void valuesWithoutEffectAreTaken() {
    JsonFields harmless =
        fields(
            "{'typical_p':1.0,'watermark':false,'ignore_eos_token':null,'frequency_penalty':0,"
                + "'response_format':{'type':'text'},'api_token':'secret','unknown':1}");
    assertDoesNotThrow(() -> Parameter.require(harmless));
  }
}
