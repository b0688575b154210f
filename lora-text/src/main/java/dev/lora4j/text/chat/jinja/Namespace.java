package dev.lora4j.text.chat.jinja;

import java.util.Map;

/** Names that statements in loops may set for those after them. */
record Namespace(Map<String, Object> members) {}
