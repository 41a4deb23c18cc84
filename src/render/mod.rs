//! Reports and neighbourhoods to text, tables, JSON and pictures. Computes no answers.
