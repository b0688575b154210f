package dev.lora4j.text.chat.jinja;

import java.util.Map;

/** Names that statements inside of loops may set for those outside. */
record Namespace(Map<String, Object> members) {}
