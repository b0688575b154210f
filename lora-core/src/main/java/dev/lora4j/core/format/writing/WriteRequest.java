package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;

/**
 * What is to be laid out.
 *
 * @param family the kind of base it is for
 * @param rewrite whether factors that the layout has no form for may take the nearest one it has
 */
public record WriteRequest(Adapter adapter, Family family, boolean rewrite) {}
