package dev.lora4j.diffusion.clip;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What prompts mean; most rows are those by which the syntax's first user interface explains it.
 */
class PromptSyntaxTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "normal text | normal text*1",
        "an (important) word | an *1,important*1.1, word*1",
        "(unbalanced | unbalanced*1.1",
        "[less | less*0.9091",
        "a ((double)) b | a *1,double*1.21, b*1",
        "\\(literal\\] | (literal]*1",
        "(unnecessary)(parens) | unnecessaryparens*1.1",
        "a (b:1.5) c | a *1,b*1.5, c*1",
        "(a:0.5):1.2) | a*0.5,:1.2)*1",
        "(nested [words]:2) | nested *2,words*1.8182",
        "x (y:-.5) | x *1,y*-0.5",
        "closes ) and ] nothing | closes ) and ] nothing*1",
        "5:30 is no weight | 5:30 is no weight*1",
        "a BREAK b | a*1,BREAK,b*1",
        "UNBREAKABLE | UNBREAKABLE*1",
        "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))). "
            + "| a *1,house*1.573, *1.1,on*1, a *1.1,hill*0.55,`, sun, `*1.1,sky*1.4641,.*1.1",
      })
  void weights(String prompt, String expected) {
    String found =
        PromptSyntax.parse(prompt).stream()
            .map(p -> p.breaks() ? "BREAK" : p.text() + "*" + number(p.weight()))
            .collect(Collectors.joining(","));
    assertEquals(expected.replace("`", ""), found);
  }

  private static String number(double weight) {
    String text = String.format(Locale.ROOT, "%.4f", weight);
    return text.replaceFirst("\\.?0+$", "");
  }

  @Test
  void emptyPromptHasNoParts() {
    assertEquals(List.of(), PromptSyntax.parse(""));
    assertEquals(List.of(), PromptSyntax.parse("()[]"));
  }
}
