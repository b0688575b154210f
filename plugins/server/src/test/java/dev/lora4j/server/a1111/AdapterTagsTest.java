package dev.lora4j.server.a1111;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.Weight;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.model.NamedAdapter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdapterTagsTest {
  private static AdapterTag tag(String text) {
    List<AdapterTag> tags = AdapterTags.of("a fox " + text + " in snow").tags();
    assertEquals(1, tags.size(), text);
    return tags.get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<lora:ink> | 1 | 1 | ''",
        "<lora:ink:0.5> | 0.5 | 0.5 | ''",
        "<lora:ink:0.5:0.8> | 0.5 | 0.8 | ''",
        "<lyco:ink:te=0.2:unet=0.9> | 0.2 | 0.9 | ''",
        "<lora:ink:0.5:unet=0.9> | 0.5 | 0.9 | ''",
        "<lora:ink:unet=0.9> | 1 | 0.9 | ''",
        "<lora:ink:-1:1:lbw=OUTALL> | -1 | 1 | OUTALL",
        "<lora:ink:1:INALL> | 1 | 1 | INALL",
        "<lora:ink:1:1:lbw=1,0,0.5> | 1 | 1 | 1,0,0.5"
      })
  void tagsHaveTheWeightsOfTheirForms(String text, double te, double unet, String blocks) {
    AdapterTag tag = tag(text);
    assertEquals("ink", tag.name());
    assertEquals(te, tag.text());
    assertEquals(unet, tag.unet());
    assertEquals(blocks, tag.blocks());
  }

  @Test
  void textAroundTagsStays() {
    AdapterTags tags = AdapterTags.of("<lora:a:1> a fox <lyco:b:0.5>");
    assertEquals("a fox", tags.text());
    assertEquals(List.of("a", "b"), tags.tags().stream().map(AdapterTag::name).toList());
    assertEquals("a fox ", AdapterTags.of("a fox ").text());
  }

  @Test
  void stepsBecomeSharesOfTheRun() {
    // The extension counts from 1, and the step at which it stops does not count any more.
    NamedAdapter adapter = tag("<lora:ink:0.7:step=4-10>").named(20, 0);
    for (int step = 0; step < 20; step++) {
      double expected = step + 1 >= 4 && step + 1 < 10 ? 0.7 : 0;
      assertEquals(expected, adapter.weight().at(step, 20), "step " + (step + 1));
    }
    assertEquals(0.7, adapter.weight().value());
    assertEquals(Optional.empty(), adapter.text());
    // Of an init image's run, the steps that are made count.
    Weight late = tag("<lora:ink:0.7:stop=3>").named(20, 10).weight();
    assertEquals(0.7, late.at(11, 20));
    assertEquals(0, late.at(12, 20));
    Weight half = tag("<lora:ink:0.7:stop=0.5>").named(20, 0).weight();
    assertEquals(0.7, half.at(8, 20));
    assertEquals(0, half.at(9, 20));
  }

  @ParameterizedTest
  @CsvSource({
    "<lora:ink:x>, no number",
    "<lora:ink:1:1:8>, dyn",
    "<lora:ink:dyn=8>, dyn",
    "<lora:ink:1:lbwe=KEY>, lbwe",
    "<lora:ink:1:start=-1>, 0 or more",
    "<lora:ink:1:step=4>, FROM-TO",
    "<lora:ink:1, not complete"
  })
  void otherFormsAreRefused(String text, String part) {
    HttpProblem problem = assertThrows(HttpProblem.class, () -> AdapterTags.of("a " + text));
    assertEquals(422, problem.status());
    assertTrue(problem.message().contains(part), problem.message());
  }
}
