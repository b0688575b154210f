package dev.lora4j.text.chat;

import dev.lora4j.text.chat.jinja.JinjaException;

/** A chat template that cannot be read, or that refuses a conversation. */
public final class ChatTemplateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  ChatTemplateException(String message) {
    super(message);
  }

  ChatTemplateException(String what, JinjaException cause) {
    super(
        what + (cause.line() > 0 ? " in line " + cause.line() : "") + ": " + cause.getMessage(),
        cause);
  }
}
