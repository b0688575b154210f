package dev.lora4j.text.align.reward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.spi.InstalledContract;
import dev.lora4j.text.align.RewardException;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.RewardFunctions;
import dev.lora4j.text.align.RewardRequest;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.Rollouts;
import dev.lora4j.text.align.WeightedReward;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ready reward functions that need no other program. */
class ReadyRewardsTest {
  @TempDir private Path folder;

  @Test
  void installed() {
    InstalledContract.check(
        RewardFunction.class,
        Map.of(
            "regex", "regex:pattern=[0-9]{1,3},whole=true",
            "length", "length:most=3,limit=5",
            "model", "model:path=src/test/resources/adapters/llama-reward",
            "http", "http:url=https://judge.example/v1?a=b,timeout=2.5"));
  }

  private static OptionalDouble reward(String function, RewardRequest request) {
    WeightedReward weighted = RewardFunctions.weighted(function);
    return Rewards.of(List.of(weighted)).ask(request).sums().get(0);
  }

  private static double reward(String function, String completion) {
    return reward(function, Rollouts.of(completion)).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "regex:pattern=[0-9]+                             | it is 12.       | 1",
        "regex:pattern=[0-9]+                             | no number       | 0",
        "regex:pattern=[0-9]+,whole=true                  | it is 12.       | 0",
        "regex:pattern=[0-9]+,whole=true                  | 12              | 1",
        "regex:pattern=^<think>.*</think>                 | <think>x</think>| 1",
        "regex:pattern=(?i)YES                            | yes             | 1",
        "regex:pattern=.                                  | ``              | 0",
        "regex:pattern=.*,whole=true                      | ``              | 1",
        "regex:pattern=^.{2,3}$                           | 你好吗            | 1",
        "length:most=4,limit=8                            | abcd            | 1",
        "length:most=4,limit=8                            | abcdef          | 0.5",
        "length:most=4,limit=8                            | abcdefg         | 0.25",
        "length:most=4,limit=8                            | abcdefgh        | 0",
        "length:most=4,limit=8                            | abcdefghijkl    | 0",
        "length:most=0,limit=1                            | ``              | 1",
        "ended                                            | done.           | 1",
        "ended                                            | and then...     | 0",
      })
  void rewardIsKnown(String function, String completion, double expected) {
    assertEquals(expected, reward(function, completion), 1e-12);
  }

  @ParameterizedTest
  @CsvSource({
    "exact,                       four,        four,          1",
    "exact,                       four,        '  four\n',    1",
    "exact,                       four,        Four,          0",
    "exact:ignore_case=true,      four,        FOUR,          1",
    "exact,                       four,        four.,         0",
    "exact,                       4,           4.0,           1",
    "exact,                       4,           +4e0,          1",
    "exact,                       0.1,         .1000,         1",
    "exact,                       4,           5,             0",
    "exact,                       4,           '',            0",
    "exact,                       '',          '',            1",
    "exact,                       1000,        '1,000',       0",
    "exact,                       1,           1e999999999,   0",
    "exact,                       1,           1e99999999999, 0",
    "exact:after=####,            72,          '6*12 #### 72',1",
    "exact:after=####,            72,          '#### 1 #### 72', 1",
    "exact:after=####,            72,          72,            0",
    "exact:after=####,            '',          '',            0",
  })
  void answerIsCompared(String function, String answer, String completion, double expected) {
    RewardRequest request =
        Rollouts.request(Rollouts.of(completion, Map.of("answer", answer, "other", "x")));
    assertEquals(OptionalDouble.of(expected), reward(function, request));
  }

  @Test
  void answerMayBeOfOtherTypes() {
    Map<String, Object> columns =
        Map.of(
            "whole", 4L, "real", 2.50, "truth", true, "any", List.of("four", 4L), "map", Map.of());
    List<List<Object>> cases =
        List.of(
            List.of("whole", "4", 1.0),
            List.of("real", "2.5", 1.0),
            List.of("truth", "true", 1.0),
            List.of("truth", "1", 0.0),
            List.of("any", "4.0", 1.0),
            List.of("any", "four", 1.0),
            List.of("any", "5", 0.0));
    for (List<Object> one : cases) {
      RewardRequest request = Rollouts.request(Rollouts.of((String) one.get(1), columns));
      assertEquals(
          OptionalDouble.of((Double) one.get(2)), reward("exact:column=" + one.get(0), request));
    }
    RewardRequest request = Rollouts.request(Rollouts.of("4", columns));
    assertEquals(OptionalDouble.empty(), reward("exact:column=missing", request));
    RewardException thrown =
        assertThrows(RewardException.class, () -> reward("exact:column=map", request));
    assertTrue(String.valueOf(thrown.getMessage()).contains("'map'"), thrown.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\": [1, 2.5e3, null, true]} | 1",
        "` [] \n`                        | 1",
        "\"text\"                        | 1",
        "null                            | 1",
        "-0.5                            | 1",
        "{\"a\": 1, \"a\": 2}            | 1",
        "``                              | 0",
        "`  `                            | 0",
        "{                               | 0",
        "{} {}                           | 0",
        "{} and that is it               | 0",
        "{'a': 1}                        | 0",
        "{a: 1}                          | 0",
        "[1, 2,]                         | 0",
        "[01]                            | 0",
        "[NaN]                           | 0",
        "[1] // one                      | 0",
        "True                            | 0",
        "yes                             | 0",
        "json                            | 0",
      })
  void jsonIsByTheLetter(String completion, double expected) {
    assertEquals(expected, reward("json", completion));
  }

  @Test
  void deepJsonIsNoJson() {
    assertEquals(0, reward("json", "[".repeat(100_000)));
    assertEquals(0, reward("json", "[".repeat(100_000) + "]".repeat(100_000)));
  }

  private String schema(String text) throws IOException {
    Path file = folder.resolve("schema.json");
    Files.writeString(file, text);
    return "json:schema=" + file;
  }

  @Test
  void jsonIsOfTheSchema() throws IOException {
    String function = schema("{\"type\": \"object\", \"required\": [\"name\"]}");
    assertEquals(1, reward(function, "{\"name\": \"Ada\"}"));
    assertEquals(0, reward(function, "{\"age\": 3}"));
    assertEquals(0, reward(function, "[]"));
    assertEquals(0, reward(function, "name: Ada"));
  }

  @Test
  void contentOfTheSchemaIsItsIdentity() throws IOException {
    String function = schema("{\"type\": \"object\"}");
    RewardFunction made = RewardFunctions.weighted(function).function();
    String before = made.canonical();
    schema("{ \"type\":  \"object\" }");
    assertEquals(before, made.canonical());
    schema("{\"type\": \"array\"}");
    assertTrue(!before.equals(made.canonical()), before);
  }

  @Test
  void wrongSettingsAreNamed() throws IOException {
    assertTold("no regular expression", "regex:pattern=(");
    assertTold("matches every", "regex:pattern=");
    assertTold("above most", "length:most=8,limit=8");
    assertTold("needs limit", "length:most=8");
    assertTold("column", "exact:column=");
    assertTold("cannot be read", "json:schema=" + folder.resolve("nothing.json"));
    assertTold("formats", schema("{\"formats\": \"date\"}"));
    assertTold("http://", "http:url=ftp://judge");
    assertTold("http://", "http:url=judge:8000/score");
    assertTold("is none", "http:url=http://a b");
    assertTold("password", "http:url=http://me:secret@judge/");
  }

  private static void assertTold(String words, String function) {
    String told =
        String.valueOf(
            assertThrows(RuntimeException.class, () -> RewardFunctions.weighted(function))
                .getMessage());
    assertTrue(told.contains(words), told);
  }

  /** Some patterns take as good as forever for some texts. */
  @Test
  void endlessPatternIsStopped() throws InterruptedException {
    RewardFunction endless = new Regex("((x+)\\2?)+y", false);
    Rewards rewards =
        Rewards.of(List.of(new WeightedReward(endless, 1))).patience(Duration.ofMillis(200));
    assertTimeout(
        Duration.ofSeconds(20),
        () -> assertThrows(RewardException.class, () -> rewards.ask(Rollouts.of("x".repeat(60)))));
    for (int i = 0; i < 100 && running(); i++) {
      Thread.sleep(50);
    }
    assertTrue(!running(), "it is still at work");
  }

  private static boolean running() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("lora4j-reward-regex"));
  }
}
