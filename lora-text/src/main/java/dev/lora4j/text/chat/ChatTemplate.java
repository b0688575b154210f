package dev.lora4j.text.chat;

import dev.lora4j.text.chat.jinja.Callable;
import dev.lora4j.text.chat.jinja.JinjaException;
import dev.lora4j.text.chat.jinja.JinjaTemplate;
import dev.lora4j.text.token.SpecialTokens;
import dev.lora4j.text.token.SpecialTokens.Token;
import dev.lora4j.text.token.TextTokenizer;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Chat template of a model: the one that comes with its tokeniser, run as by transformers' {@code
 * apply_chat_template}. What it gives holds the special tokens as text, so it is encoded without
 * any around it ({@link TextTokenizer#encodePlain}).
 *
 * <p>Immutable; may be used from several threads.
 */
public final class ChatTemplate {
  private final JinjaTemplate template;
  private final Map<String, Object> values;
  private final Clock clock;

  private ChatTemplate(JinjaTemplate template, Map<String, Object> values, Clock clock) {
    this.template = template;
    this.values = Map.copyOf(values);
    this.clock = clock;
  }

  /**
   * The template of this text.
   *
   * @param source in Jinja's language
   * @param special tokens that it may name, such as {@code bos_token}
   * @throws ChatTemplateException if it cannot be read
   */
  public static ChatTemplate of(String source, SpecialTokens special) {
    try {
      return new ChatTemplate(
          JinjaTemplate.of(source), tokens(special), Clock.system(ZoneId.systemDefault()));
    } catch (JinjaException e) {
      throw new ChatTemplateException("The chat template cannot be read", e);
    }
  }

  /**
   * The template that a tokeniser comes with; empty if it has none.
   *
   * @throws ChatTemplateException if it cannot be read, or if there are several and none is the
   *     usual one
   */
  public static Optional<ChatTemplate> of(TextTokenizer tokenizer) {
    return tokenizer.chatTemplates().isEmpty()
        ? Optional.empty()
        : Optional.of(named(tokenizer, "default"));
  }

  /**
   * One of the templates that a tokeniser comes with.
   *
   * @throws ChatTemplateException if there is none of this name, or it cannot be read
   */
  public static ChatTemplate named(TextTokenizer tokenizer, String name) {
    String source = tokenizer.chatTemplates().get(name);
    if (source == null) {
      throw new ChatTemplateException(
          "%s has no chat template '%s'; it has %s."
              .formatted(tokenizer, name, new TreeSet<>(tokenizer.chatTemplates().keySet())));
    }
    return of(source, tokenizer.special());
  }

  /** A copy with another clock, as some templates write the date. */
  public ChatTemplate at(Clock time) {
    return new ChatTemplate(template, values, time);
  }

  /** A copy with a switch of its own, such as Qwen3's {@code enable_thinking}. */
  public ChatTemplate with(String name, boolean value) {
    Map<String, Object> more = new HashMap<>(values);
    more.put(name, value);
    return new ChatTemplate(template, more, clock);
  }

  /**
   * The text of a conversation.
   *
   * @param addGenerationPrompt whether the text ends with what comes before an answer of the model,
   *     as far as the template knows such a thing
   * @throws ChatTemplateException if the template refuses the conversation, or cannot be run
   */
  public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    Map<String, Object> given = new HashMap<>(values);
    given.put("messages", messages.stream().map(ChatTemplate::fields).toList());
    given.put("add_generation_prompt", addGenerationPrompt);
    given.put("tools", JinjaTemplate.none());
    given.put("documents", JinjaTemplate.none());
    Callable raise =
        (places, names) -> {
          throw JinjaTemplate.raised(places.isEmpty() ? "" : String.valueOf(places.get(0)));
        };
    Callable now =
        (places, names) ->
            DateText.of(
                LocalDateTime.now(clock), places.isEmpty() ? "" : String.valueOf(places.get(0)));
    given.put("raise_exception", raise);
    given.put("strftime_now", now);
    try {
      return template.render(given);
    } catch (JinjaException e) {
      throw new ChatTemplateException("The chat template refuses the conversation", e);
    }
  }

  private static Map<String, Object> fields(ChatMessage message) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("role", message.role());
    fields.put("content", message.content());
    return fields;
  }

  private static Map<String, Object> tokens(SpecialTokens special) {
    Map<String, Object> tokens = new HashMap<>();
    put(tokens, "bos_token", special.begin());
    put(tokens, "eos_token", special.end());
    put(tokens, "pad_token", special.pad());
    put(tokens, "unk_token", special.unknown());
    put(tokens, "cls_token", special.classes());
    put(tokens, "sep_token", special.separator());
    put(tokens, "mask_token", special.mask());
    return tokens;
  }

  private static void put(Map<String, Object> tokens, String name, Optional<Token> token) {
    token.ifPresent(found -> tokens.put(name, found.text()));
  }
}
