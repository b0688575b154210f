package dev.lora4j.text.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.text.token.SpecialTokens;
import dev.lora4j.text.token.SpecialTokens.Token;
import dev.lora4j.text.token.TextTokenizer;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against apply_chat_template of transformers 5.24.0; texts from golden/chat_templates.py. */
class ChatTemplateTest {
  private static final Path FOLDER = Path.of("src/test/resources/chat-templates");
  private static final SpecialTokens SPECIAL =
      new SpecialTokens(
          Optional.of(new Token(1, "<s>")),
          Optional.of(new Token(2, "</s>")),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(2));
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2025-03-07T09:05:02Z"), ZoneOffset.UTC);

  static Stream<String> templates() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".jinja"))
          .map(name -> name.replace(".jinja", ""))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("templates")
  void givesTheTextsAndErrorsOfTransformers(String name) throws IOException {
    JsonObject golden =
        JsonParser.parseString(Files.readString(FOLDER.resolve("golden.json"))).getAsJsonObject();
    ChatTemplate template =
        ChatTemplate.of(Files.readString(FOLDER.resolve(name + ".jinja")), SPECIAL).at(CLOCK);
    List<String> wrong = new ArrayList<>();
    int cases = 0;
    for (JsonElement element : golden.getAsJsonArray("cases")) {
      JsonObject each = element.getAsJsonObject();
      if (!each.get("template").getAsString().equals(name)) {
        continue;
      }
      cases++;
      List<ChatMessage> messages = new ArrayList<>();
      golden
          .getAsJsonObject("conversations")
          .getAsJsonArray(each.get("conversation").getAsString())
          .forEach(
              message ->
                  messages.add(
                      new ChatMessage(
                          message.getAsJsonObject().get("role").getAsString(),
                          message.getAsJsonObject().get("content").getAsString())));
      String found;
      String expected;
      try {
        found = template.render(messages, each.get("prompt").getAsBoolean());
        expected = each.has("text") ? each.get("text").getAsString() : each.get("error").toString();
      } catch (ChatTemplateException e) {
        found = e.getMessage().replaceFirst("^.* in line \\d+: ", "");
        expected =
            each.has("error") ? each.get("error").getAsString() : each.get("text").toString();
      }
      if (!expected.equals(found)) {
        wrong.add(
            "%s%n--expected%n%s%n--found%n%s".formatted(each.get("conversation"), expected, found));
      }
    }
    assertEquals(List.of(), wrong);
    assertEquals(22, cases);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "{{ messages!'{{' has no end",
        "{% if true %}a!'endif' is missing",
        "{% endif %}!'endif' closes nothing",
        "{% for m in messages %}{% endif %}{% endfor %}!'endif' comes where 'endfor' is expected",
        "{% include 'x' %}!the statement 'include' is not known to chat templates",
        "{{ 1 + }}!an expression is not complete",
        "{{ a b }}!'b' has no meaning here",
        "{{ 'a }}!a text has no closing '",
        "{# a!a comment has no end",
        "{% for a in b recursive %}{% endfor %}!recursive loops are not known",
        "{{ a ? b }}!'?' has no meaning in an expression"
      })
  void unreadableTemplateIsRefusedWithLineAndReason(String source, String reason) {
    String message =
        assertThrows(ChatTemplateException.class, () -> ChatTemplate.of("\n" + source, SPECIAL))
            .getMessage();
    assertTrue(message.startsWith("The chat template cannot be read in line 2: "), message);
    assertTrue(message.contains(reason), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "{{ messages | frobnicate }}!No filter named 'frobnicate'.",
        "{% if messages is odder %}{% endif %}!No test named 'odder'.",
        "{{ nothing.further }}!'nothing' is undefined",
        "{{ messages[0].content.nothing() }}!'str object' has no attribute 'nothing'",
        "{{ messages[3].role }}!list object has no element 3",
        "{{ 'a' + 1 }}!'+' does not go with str and int",
        "{{ 1 / 0 }}!division by zero",
        "{{ raise_exception('Stop it') }}!Stop it",
        "{% set messages.x = 1 %}!cannot assign attribute on non-namespace object",
        "{{ strftime_now('%Q') }}!'%Q', which is not known",
        "{% for i in range(1000000000) %}{% endfor %}!Range too big.",
        "{{ 'aaaaaaaaaa' * 1000000000 }}!a text would have more than",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}!macros call each other without an end"
      })
  void failingTemplateIsReportedWithItsReason(String source, String reason) {
    ChatTemplate template = ChatTemplate.of("\n" + source, SPECIAL);
    String message =
        assertThrows(
                ChatTemplateException.class,
                () -> template.render(List.of(ChatMessage.user("a")), false))
            .getMessage();
    assertTrue(message.contains(reason), message);
  }

  @Test
  void messageContentIsNeverExecuted() {
    ChatTemplate template = ChatTemplate.of("{{ messages[0].content }}", SPECIAL);
    String said = "{{ raise_exception('run') }}{% for %}";
    assertEquals(said, template.render(List.of(ChatMessage.user(said)), false));
  }

  @Test
  void aSwitchOfTheTemplateCanBeSet() throws IOException {
    ChatTemplate template =
        ChatTemplate.of(Files.readString(FOLDER.resolve("qwen3.jinja")), SPECIAL);
    List<ChatMessage> question = List.of(ChatMessage.user("a"));
    String prompt = "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\n";
    assertEquals(prompt, template.render(question, true));
    assertEquals(
        prompt + "<think>\n\n</think>\n\n",
        template.with("enable_thinking", false).render(question, true));
  }

  @Test
  void tokenizerBringsItsTemplates(@TempDir Path folder) throws IOException {
    TinyTokenizers.llama(folder);
    try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
      assertTrue(ChatTemplate.of(tokenizer).isEmpty());
    }
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"chat_template\": [{\"name\": \"default\", \"template\": \"{{ bos_token }}a\"}]}");
    try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
      assertEquals("<s>a", ChatTemplate.of(tokenizer).orElseThrow().render(List.of(), false));
      String message =
          assertThrows(ChatTemplateException.class, () -> ChatTemplate.named(tokenizer, "tool_use"))
              .getMessage();
      assertTrue(message.contains("no chat template 'tool_use'; it has [default]."), message);
    }
  }
}
