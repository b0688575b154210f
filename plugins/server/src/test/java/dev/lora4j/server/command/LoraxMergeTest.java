package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Main;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.text.pipeline.TextPrompt;
import dev.lora4j.tinylm.TinyLm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters that LoRAX's clients have made one, beside those that the command merge makes. */
@Timeout(120)
class LoraxMergeTest {
  private static final String PROMPT = "My fellow citizens";

  @TempDir private static Path folder;
  private static RunningServer server;

  @BeforeAll
  static void open() throws IOException {
    Path adapters = Files.createDirectories(folder.resolve("adapters"));
    server = new RunningServer(folder.resolve("state"), adapters, QueueLimits.DEFAULT, 1);
    for (int i = 0; i < 2; i++) {
      RandomAdapters.write(file("text" + i), server.texts().base().family(), "_proj", i, 0.3f);
    }
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static Path file(String name) {
    return folder.resolve("adapters").resolve(name);
  }

  private static HttpResponse<String> generate(String merged) throws Exception {
    return server.post(
        "/generate",
        "{\"inputs\":\"%s\",\"parameters\":{\"max_new_tokens\":16,\"merged_adapters\":{%s}}}"
            .formatted(PROMPT, merged.replace('\'', '"')));
  }

  private static String text(String merged) throws Exception {
    HttpResponse<String> response = generate(merged);
    assertEquals(200, response.statusCode(), response.body());
    return RunningServer.json(response).get("generated_text").getAsString();
  }

  private static String merge(Path result, String mixer) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    int code =
        Main.run(
            out,
            out,
            "merge",
            file("text0") + ":0.7",
            file("text1") + ":0.4",
            "--base",
            TinyLm.folder().toString(),
            "--mixer",
            mixer,
            "-o",
            result.toString());
    assertEquals(0, code, said.toString(StandardCharsets.UTF_8));
    MixPlan mix = MixPlan.of(server.texts().adapter(result), 1);
    return server.texts().generate(TextPrompt.of(PROMPT).tokens(16).mix(mix)).text();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          linear      | total     | task-arithmetic:of=factors
          ties        | total     | ties:of=factors,trim=tensor,election=plain_sum,density=0.6
          ties        | frequency | ties:of=factors,trim=tensor,election=plain_count,density=0.6
          dare_linear | total     | dare-linear:of=factors,density=0.6
          dare_ties   | total     | dare-ties:of=factors,election=plain_sum,density=0.6
          dare_ties   | frequency | dare-ties:of=factors,election=plain_count,density=0.6
          """)
  void mergedTextEqualsThatOfMergeCommand(String strategy, String sign, String mixer)
      throws Exception {
    String asked =
        text(
            "'ids':['text0','text1'],'weights':[0.7,0.4],'merge_strategy':'%s',".formatted(strategy)
                + "'density':0.6,'majority_sign_method':'%s'".formatted(sign));
    Path result = folder.resolve(strategy + sign + ".safetensors");
    assertEquals(merge(result, mixer), asked);
    assertNotEquals(server.texts().generate(TextPrompt.of(PROMPT).tokens(16)).text(), asked);
  }

  @Test
  void absentSettingsAreThoseOfLinear() throws Exception {
    String weights = "'ids':['text0','text1'],'weights':[1,1]";
    assertEquals(text(weights + ",'merge_strategy':'linear'"), text("'ids':['text0','text1']"));
  }

  @Test
  void changedAdapterIsMergedAnew() throws Exception {
    Path changing = file("changing");
    RandomAdapters.write(changing, server.texts().base().family(), "_proj", 5, 0.3f);
    server.post("/v1/load_lora_adapter", "{\"lora_name\":\"moving\",\"lora_path\":\"changing\"}");
    String merged = "'ids':['text0','moving']";
    String before = text(merged);
    assertEquals(before, text(merged));
    assertEquals(
        200,
        server
            .post(
                "/v1/load_lora_adapter",
                "{\"lora_name\":\"moving\",\"lora_path\":\"text1\",\"load_inplace\":true}")
            .statusCode());
    assertEquals(text("'ids':['text0','text1']"), text(merged));
    assertNotEquals(before, text(merged));
  }

  @Test
  void adaptersOfOtherBasesAreNotMerged() throws Exception {
    RandomAdapters.write(file("picture"), server.pictures().family(), "attn2.to_", 3, 0.1f);
    assertEquals(
        200,
        server
            .post("/v1/load_lora_adapter", "{\"lora_name\":\"glow\",\"lora_path\":\"picture\"}")
            .statusCode());
    HttpResponse<String> response = generate("'ids':['text0','glow']");
    assertEquals(424, response.statusCode(), response.body());
    assertTrue(response.body().contains("\"error_type\":\"generation\""), response.body());
  }
}
